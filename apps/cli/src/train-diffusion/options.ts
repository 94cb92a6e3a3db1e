import { readFileSync } from 'node:fs'
import type { Prediction, ScheduleName } from '@elbo/diffusion'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { valued, type OptionsText } from '../commands/parse.js'
import { failure, reasonOf, systemCode, type Failure } from '../failure.js'
import {
  backendFlags,
  decodeOptions,
  keepingFlags,
  outFlag,
  rateFlags,
  runOptions,
  seedFlag,
  type RunOptions,
} from '../training/options.js'
import { isPlane, predictionNames, scheduleNames } from './names.js'

export const trainDiffusionText: OptionsText = {
  name: 'elbo train diffusion',
  usageLine: 'elbo train diffusion --data <name|folder> --out <folder> [options]',
  description: `Trains a diffusion model with Adam by the simple loss: on points of the plane a perceptron, on images a U-Net that is told
their classes. What is judged and drawn from is an average of the parameters. The bound is in nats per example.

It writes into the folder --out:
  diffusion.safetensors   checkpoint: parameters, their average, optimiser state, key and data cursor
  metrics.jsonl           one line per step and per epoch
  loss.svg                the curve of the loss
  samples.png             points beside those of the data, or images of each class`,
  examples: [
    'elbo train diffusion --data 8-gaussians --out runs/points',
    'elbo train diffusion --data fashion-mnist --steps 5700 --decay cosine --out runs/unet',
    'elbo train diffusion --data /usr/share/datasets/fashion-mnist --out runs/full --resume   # after Ctrl-C',
    'elbo train diffusion --data moons --steps 500 --out runs/short --json | jq .boundNats',
    'elbo sample diffusion runs/points --sampler dpm-solver-2m --steps 20 --out pictures',
  ],
}

const flags = {
  data: valued(
    '<name>',
    '8-gaussians, checkerboard, moons or swiss-roll; fashion-mnist (12,000 images that come along); or a folder with its four published files (required)',
  ),
  steps: valued(
    '<n>',
    'Steps in all, counted from the first; --resume with more goes on from there (default: 5000 for points, 5700 for images)',
  ),
  seed: seedFlag,
  out: outFlag,
  ...backendFlags,
  widths: valued(
    '<n,n,…>',
    'Hidden layers of the perceptron, or channels of the U-Net at each resolution (default: 256,256,256 and 32,64,64)',
  ),
  schedule: valued('<name>', `How noise grows: ${scheduleNames.join(', ')}`, 'cosine'),
  levels: valued('<n>', 'Levels of noise, T (default: 100 for points, 1000 for images)'),
  prediction: valued(
    '<name>',
    `What the network tells: ${predictionNames.join(', ')} (default: v for points, epsilon for images)`,
  ),
  batchSize: valued('<n>', 'Examples per step (default: 512 points, 64 images)'),
  stepsPerEpoch: valued('<n>', 'Steps on points between two evaluations; images are seen once', '500'),
  examples: valued(
    '<n>',
    'Fresh points, or test images, that the results at the end are of (default: 16384 and 1024)',
  ),
  labelDropout: valued('<x>', 'Part of the labels that the network is not told, for guidance', '0.1'),
  averageDecay: valued('<x>', 'Of the average of the parameters', '0.999'),
  ...rateFlags('0.001', '--steps', '1'),
  config: valued(
    '<file>',
    'A JSON object of these options, by their names: {"steps": 2000}; what is given here goes first',
  ),
  ...keepingFlags,
}

export interface TrainDiffusionOptions extends RunOptions {
  readonly data: string
  readonly steps: number
  /** `undefined`: those of the data's kind. */
  readonly widths: readonly number[] | undefined
  readonly schedule: ScheduleName
  /** T. */
  readonly levels: number
  readonly prediction: Prediction
  readonly stepsPerEpoch: number
  /** That the results at the end are of. */
  readonly examples: number
  readonly labelDropout: number
  readonly averageDecay: number
}

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
const names: ReadonlyMap<string, boolean> = new Map(
  Object.entries(flags).map(([name, { type }]) => [kebab(name), type === Boolean]),
)

/** The options that a file holds, as a command line has them. */
const argumentsIn = (file: string): Either<Failure, readonly string[]> => {
  const wrong = (why: string) => E.left(failure('usage')(`--config ${file}: ${why}`))
  const read = E.tryCatch(
    () => JSON.parse(readFileSync(file, 'utf8')) as unknown,
    (error): Failure =>
      error instanceof SyntaxError
        ? failure('data')(`--config ${file} is no JSON: ${error.message}.`)
        : failure(systemCode(error) === 'ENOENT' ? 'noInput' : 'io')(
            `--config ${file} cannot be read: ${reasonOf(error)}.`,
          ),
  )
  if (E.isLeft(read)) return read
  const { right: config } = read
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    return wrong('it takes a JSON object of options.')
  const given: string[] = []
  for (const [name, value] of Object.entries(config)) {
    const isSwitch = names.get(name)
    if (isSwitch === undefined || name === 'config')
      return wrong(
        `there is no option "${name}". It knows ${[...names.keys()].filter(each => each !== 'config').join(', ')}.`,
      )
    if (
      isSwitch
        ? typeof value !== 'boolean'
        : !['number', 'string'].includes(typeof value) && !Array.isArray(value)
    )
      return wrong(
        `"${name}" is ${JSON.stringify(value)}; it takes ${isSwitch ? 'true or false' : 'a text or a number'}.`,
      )
    if (!isSwitch) given.push(`--${name}=${String(value)}`)
    else if (value === true) given.push(`--${name}`)
  }
  return E.right(given)
}

/** A command line with the options of its --config in front, where the command line's own go over them. */
const withConfig = (args: readonly string[]): Either<Failure, readonly string[]> => {
  const at = args.findIndex(arg => arg === '--config' || arg.startsWith('--config='))
  if (at < 0) return E.right(args)
  const joined = args[at].startsWith('--config=')
  const file = joined ? args[at].slice('--config='.length) : args[at + 1]
  if (file === undefined || file === '' || (!joined && file.startsWith('--'))) return E.right(args)
  const own = new Set(args.map(arg => arg.split('=')[0]))
  return pipe(
    argumentsIn(file),
    E.map(given => [...given.filter(arg => !own.has(arg.split('=')[0])), ...args]),
  )
}

/** Decodes the options of `elbo train diffusion`; the Left names all values that are wrong, and what they may be. */
export const trainDiffusionOptions = (args: readonly string[]): Either<Failure, TrainDiffusionOptions> =>
  pipe(
    withConfig(args),
    E.chain(all =>
      decodeOptions(trainDiffusionText, flags, all, (given, values) => {
        const { wrong, integer, number, oneOf } = values
        const data = given.data ?? ''
        const points = isPlane(data)
        if (given.data === undefined)
          wrong.push('--data is missing; it names what is learned, such as 8-gaussians or fashion-mnist.')
        const share = (option: string, text: string): number =>
          number(option, text, value => value >= 0 && value < 1, 'a number from 0 to below 1')
        return {
          steps: integer('--steps', given.steps ?? (points ? '5000' : '5700'), 1, 1_000_000_000),
          ...runOptions(given, values, {
            batchSize: points ? '512' : '64',
            learningRate: '0.001',
            clip: '1',
          }),
          data,
          widths: given.widths?.split(',').map(width => integer('--widths', width, 1, 8192)),
          schedule: oneOf('--schedule', given.schedule ?? 'cosine', scheduleNames),
          levels: integer('--levels', given.levels ?? (points ? '100' : '1000'), 1, 1_000_000),
          prediction: oneOf('--prediction', given.prediction ?? (points ? 'v' : 'epsilon'), predictionNames),
          stepsPerEpoch: integer('--steps-per-epoch', given.stepsPerEpoch ?? '500', 1, 1_000_000),
          examples: integer('--examples', given.examples ?? (points ? '16384' : '1024'), 1, 1_000_000),
          labelDropout: share('--label-dropout', given.labelDropout ?? '0.1'),
          averageDecay: share('--average-decay', given.averageDecay ?? '0.999'),
        }
      }),
    ),
  )
