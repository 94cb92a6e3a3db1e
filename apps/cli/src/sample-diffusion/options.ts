import type { SamplerName } from '@elbo/diffusion'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { switched, valued, type OptionsText } from '../commands/parse.js'
import { failure, type Failure } from '../failure.js'
import {
  backendFlags,
  backendOptions,
  decodeOptions,
  unsigned32,
  type BackendOptions,
} from '../training/options.js'
import { hasEta, samplerNames, spacingNames, thresholdNames, withEta, type Threshold } from './names.js'
import type { Walk } from './sampler.js'

export const sampleDiffusionText: OptionsText = {
  name: 'elbo sample diffusion',
  usageLine: 'elbo sample diffusion <checkpoint> --out <folder> [options]',
  description: `Draws from a diffusion model that "elbo train diffusion" has trained: <checkpoint> is the folder of a run, or a file.
The same seed draws the same samples.

It writes into the folder --out:
  samples.png     images in rows of ten, each column of its class; or points
  points.csv      for points: the coordinates, a point a line
  reverse.gif     the way from noise to the first hundred images, or to the points

Samplers: ${samplerNames.join(', ')}.`,
  examples: [
    'elbo sample diffusion runs/points --out pictures',
    'elbo sample diffusion runs/unet --sampler dpm-solver-2m --steps 20 --guidance 2 --out pictures',
    'elbo sample diffusion runs/unet --class 7 --count 25 --seed 3 --out sneakers',
    'elbo sample diffusion runs/unet/diffusion.safetensors --sampler ddim --eta 0.5 --out pictures',
  ],
}

const flags = {
  out: valued('<folder>', 'Where the pictures go; created if missing (required)'),
  sampler: valued('<name>', 'How a step is made', 'ddim'),
  spacing: valued('<name>', `Which levels are visited: ${spacingNames.join(', ')}`, 'trailing'),
  steps: valued('<n>', 'Steps from noise to data (default: 50, or all levels where they are fewer)'),
  eta: valued('<x>', `How much noise steps add, from 0 to 1, for ${withEta.join(', ')}`),
  guidance: valued('<x>', 'Go so far from what would be drawn without a class; 1 is without guidance', '1'),
  threshold: valued(
    '<name>',
    'What estimated intensities are held to: none, static (black and white) or dynamic (nearly all of an image) (default: static; none for points)',
  ),
  class: valued(
    '<n>',
    'The number of a class, all (each in turn) or none, for a model that is told classes',
    'all',
  ),
  count: valued('<n>', 'Samples (default: 100 images, 10000 points)'),
  seed: valued('<n>', 'The same seed draws the same samples', '1'),
  ema: switched('Draw with the average of the parameters (this is so unless --no-ema is given)'),
  noEma: switched('Draw with the last parameters'),
  ...backendFlags,
}

export interface SampleDiffusionOptions extends BackendOptions, Omit<Walk, 'steps'> {
  /** `undefined`: as many as are usual. */
  readonly steps: number | undefined
  readonly checkpoint: string
  readonly out: string
  readonly guidance: number
  /** `undefined`: as the kind of data asks for. */
  readonly threshold: Threshold | undefined
  readonly class: number | 'all' | 'none'
  /** `undefined`: as many as the kind of data asks for. */
  readonly count: number | undefined
  readonly seed: number
  readonly average: boolean
}

/** The checkpoint, which stands before the options, and the rest. */
export const checkpointAndOptions = (
  { name }: OptionsText,
  [first, ...rest]: readonly string[],
): Either<Failure, readonly [checkpoint: string, options: readonly string[]]> =>
  first === '--help' || first === '-h'
    ? E.right(['', [first]])
    : first === undefined || first.startsWith('-')
      ? E.left(
          failure('usage')(
            `${name} of what? It takes a checkpoint, or the folder of a run, before its options. See "${name} --help".`,
          ),
        )
      : E.right([first, rest])

/** Decodes the options of `elbo sample diffusion`; the Left names all values that are wrong, and what they may be. */
export const sampleDiffusionOptions = (args: readonly string[]): Either<Failure, SampleDiffusionOptions> => {
  const parts = checkpointAndOptions(sampleDiffusionText, args)
  if (E.isLeft(parts)) return parts
  const [checkpoint, options] = parts.right
  return decodeOptions(sampleDiffusionText, flags, options, (given, values) => {
    const { wrong, integer, number, oneOf, optional } = values
    const sampler: SamplerName = oneOf('--sampler', given.sampler ?? 'ddim', samplerNames)
    if (given.eta !== undefined && !hasEta(sampler))
      wrong.push(`--eta is for ${withEta.join(', ')}; ${sampler} has no such choice.`)
    if (given.ema === true && given.noEma === true) wrong.push('--ema and --no-ema exclude each other.')
    if (given.out === undefined) wrong.push('--out is missing; it names the folder for the pictures.')
    const wanted = given.class ?? 'all'
    return {
      checkpoint,
      out: given.out ?? '',
      sampler,
      spacing: oneOf('--spacing', given.spacing ?? 'trailing', spacingNames),
      steps: optional('--steps', given.steps, 1, 1_000_000),
      eta:
        given.eta === undefined
          ? undefined
          : number('--eta', given.eta, value => value >= 0 && value <= 1, 'a number from 0 to 1'),
      guidance: number('--guidance', given.guidance ?? '1', value => value >= 0, 'a number of at least 0'),
      threshold:
        given.threshold === undefined ? undefined : oneOf('--threshold', given.threshold, thresholdNames),
      class: wanted === 'all' || wanted === 'none' ? wanted : integer('--class', wanted, 0, 1_000_000),
      count: optional('--count', given.count, 1, 1_000_000),
      seed: integer('--seed', given.seed ?? '1', 0, unsigned32),
      average: given.noEma !== true,
      ...backendOptions(given, values),
    }
  })
}
