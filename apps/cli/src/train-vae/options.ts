import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { parseOptions, switched, valued, type OptionsText } from '../commands/parse.js'
import { failure, type Failure } from '../failure.js'

export const trainVaeText: OptionsText = {
  name: 'elbo train vae',
  usageLine: 'elbo train vae --out <folder> [options]',
  description: `Trains a variational autoencoder (784-400-20-400-784, Bernoulli pixels) on Fashion-MNIST with Adam,
maximising the evidence lower bound (ELBO), in nats per image.

It writes into the folder --out:
  vae.safetensors       checkpoint: parameters, optimiser state, key and data cursor
  best.safetensors      the one with the highest test ELBO, with --patience
  metrics.jsonl         one line per step and per epoch
  loss.svg              training and test curves
  reconstructions.png   test images above their reconstructions
  samples.png           images drawn from the prior`,
  examples: [
    'elbo train vae --epochs 5 --seed 1 --out runs/vae',
    'elbo train vae --epochs 20 --out runs/full --data /usr/share/datasets/fashion-mnist',
    'elbo train vae --epochs 20 --out runs/full --data … --resume    # after Ctrl-C, or to train on',
    'elbo train vae --epochs 1 --out runs/vae --json | jq .testElbo',
  ],
}

const backends = ['cpu', 'reference'] as const
export type BackendName = (typeof backends)[number]
const decays = ['none', 'linear', 'cosine'] as const

const flags = {
  epochs: valued('<n>', 'Passes over the training images', '5'),
  seed: valued('<n>', 'One seed gives one set of weights, whatever the number of threads', '1'),
  out: valued('<folder>', 'Where the results go; created if missing (required)'),
  data: valued('<folder>', 'The four published files of Fashion-MNIST (default: the embedded 12,000 images)'),
  backend: valued('<name>', 'What computes: cpu (WebAssembly), or reference (plain and slow)', 'cpu'),
  threads: valued('<n>', 'Threads of the cpu backend (default: all that the machine runs at once, up to 8)'),
  batchSize: valued('<n>', 'Images per step', '128'),
  learningRate: valued('<x>', 'Step size of Adam', '0.001'),
  warmUp: valued('<n>', 'Steps in which the learning rate rises to --learning-rate', '0'),
  decay: valued(
    '<name>',
    'How the learning rate falls to 0 over --epochs, which is then a part of the run: none, linear or cosine',
    'none',
  ),
  clip: valued('<x>', 'Scale the slopes of a step so that their norm is at most x (default: as they are)'),
  patience: valued(
    '<n>',
    'Stop when the test ELBO has not risen for n epochs. The results are those of the best epoch, kept in best.safetensors',
  ),
  steps: valued('<n>', 'Stop after this many steps, counted from the first; --resume goes on from there'),
  checkpointEvery: valued('<n>', 'Write the checkpoint after every n steps too, not only after each epoch'),
  resume: switched('Continue the run in --out, bit for bit; if there is none, begin it'),
  overwrite: switched('Replace the run in --out'),
  json: switched('Print the results as one JSON object, the last line of the standard output'),
}

export interface TrainVaeOptions {
  readonly epochs: number
  readonly seed: number
  readonly out: string
  /** `undefined`: the embedded images. */
  readonly data: string | undefined
  readonly backend: BackendName
  /** `undefined`: the backend chooses. */
  readonly threads: number | undefined
  readonly batchSize: number
  readonly learningRate: number
  /** Steps. */
  readonly warmUp: number
  readonly decay: (typeof decays)[number]
  /** `undefined`: slopes stay as they are. */
  readonly clip: number | undefined
  /** Epochs. `undefined`: all of them are trained. */
  readonly patience: number | undefined
  readonly steps: number | undefined
  readonly checkpointEvery: number | undefined
  readonly resume: boolean
  readonly overwrite: boolean
  readonly json: boolean
}

const unsigned32 = 0xffff_ffff

/** Decodes the options of `elbo train vae`; the Left names the first one that is wrong, and what it may be. */
export const trainVaeOptions = (args: readonly string[]): Either<Failure, TrainVaeOptions> => {
  const parsed = parseOptions(trainVaeText, flags, args)
  if (E.isLeft(parsed)) return parsed
  const given = parsed.right

  const wrong: string[] = []
  const integer = (option: string, text: string, from: number, to = Number.MAX_SAFE_INTEGER): number => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN
    if (!(value >= from && value <= to))
      wrong.push(
        `${option} is "${text}"; it takes a whole number ${
          to === Number.MAX_SAFE_INTEGER ? `of at least ${from}` : `from ${from} to ${to}`
        }.`,
      )
    return value
  }
  const optional = (option: string, text: string | undefined, from: number, to?: number) =>
    text === undefined ? undefined : integer(option, text, from, to)
  const positive = (option: string, text: string): number => {
    const value = Number(text)
    if (!(value > 0 && Number.isFinite(value)))
      wrong.push(`${option} is "${text}"; it takes a number above 0, such as 0.001 or 1e-3.`)
    return value
  }

  const epochs = integer('--epochs', given.epochs ?? '5', 1, 1_000_000)
  const seed = integer('--seed', given.seed ?? '1', 0, unsigned32)
  const threads = optional('--threads', given.threads, 1, 64)
  const batchSize = integer('--batch-size', given.batchSize ?? '128', 1, 10_000)
  const learningRate = positive('--learning-rate', given.learningRate ?? '0.001')
  const warmUp = integer('--warm-up', given.warmUp ?? '0', 0)
  const clip = given.clip === undefined ? undefined : positive('--clip', given.clip)
  const patience = optional('--patience', given.patience, 1)
  const steps = optional('--steps', given.steps, 1)
  const checkpointEvery = optional('--checkpoint-every', given.checkpointEvery, 1)
  const backend = backends.find(name => name === (given.backend ?? 'cpu'))
  const decay = decays.find(name => name === (given.decay ?? 'none'))
  if (decay === undefined) wrong.push(`--decay is "${given.decay}"; it takes none, linear or cosine.`)
  if (backend === undefined) wrong.push(`--backend is "${given.backend}"; it takes ${backends.join(' or ')}.`)
  if (backend === 'reference' && threads !== undefined && threads > 1)
    wrong.push('--threads is for the cpu backend; the reference backend has one thread.')
  if (given.out === undefined) wrong.push('--out is missing; it names the folder for the results.')
  if (given.resume === true && given.overwrite === true)
    wrong.push(
      '--resume and --overwrite exclude each other: one continues the run in --out, the other replaces it.',
    )

  return wrong.length > 0 || backend === undefined || decay === undefined || given.out === undefined
    ? E.left(failure('usage')(`${wrong.join('\n')}\nSee "${trainVaeText.name} --help".`))
    : E.right({
        epochs,
        seed,
        out: given.out,
        data: given.data,
        backend,
        threads,
        batchSize,
        learningRate,
        warmUp,
        decay,
        clip,
        patience,
        steps,
        checkpointEvery,
        resume: given.resume ?? false,
        overwrite: given.overwrite ?? false,
        json: given.json ?? false,
      })
}
