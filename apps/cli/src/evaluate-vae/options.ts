import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseCommand, switched, valued, type OptionsText } from '../commands/parse.js'
import type { Failure } from '../failure.js'
import {
  backendFlags,
  backendOptions,
  decoded,
  unsigned32,
  type BackendOptions,
} from '../training/options.js'
import { checkpointOperand } from '../trained-vae/operand.js'

export const evaluateVaeText: OptionsText = {
  name: 'elbo evaluate vae',
  usageLine: 'elbo evaluate vae CHECKPOINT [options]',
  description: `Parts the bound of a trained VAE over the test images into all that it consists of and lacks, in nats per image, each with
its standard error: reconstruction and divergence, by dimension; mutual information; the importance-sampled log-likelihood; the
approximation and the amortisation gap; and ln P(x) from both sides. CHECKPOINT is a file, or the folder of a run.`,
  examples: [
    'elbo evaluate vae runs/vae',
    'elbo evaluate vae runs/full --data /usr/share/datasets/fashion-mnist --samples 5000 --examples 10000',
    'elbo evaluate vae runs/vae/best.safetensors --json | jq .bound.elbo',
  ],
}

const flags = {
  data: valued('<folder>', 'The four published files of Fashion-MNIST (default: the embedded images)'),
  samples: valued('<n>', 'Draws for the log-likelihood of an image; 0 leaves it out', '200'),
  examples: valued('<n>', 'Test images that the costly parts take; the bound takes all', '1000'),
  refined: valued(
    '<n>',
    'Test images that have a posterior of their own refined, for the gaps; 0 leaves them out',
    '100',
  ),
  sandwich: valued(
    '<n>',
    'Images that the model draws, to hold ln P(x) from both sides; 0 leaves it out',
    '50',
  ),
  seed: valued('<n>', 'Of the draws. 0 has the bound of the evaluations in training', '0'),
  ...backendFlags,
  json: switched('Print the results as one JSON object'),
}

export interface EvaluateVaeOptions extends BackendOptions {
  readonly checkpoint: string
  /** `undefined`: what comes along. */
  readonly data: string | undefined
  readonly samples: number
  readonly examples: number
  readonly refined: number
  readonly sandwich: number
  readonly seed: number
  readonly json: boolean
  /** The options among those given that ask for more than the bound. */
  readonly costly: readonly string[]
}

const costly = ['samples', 'examples', 'refined', 'sandwich'] as const

/** Decodes the options of `elbo evaluate vae`; the Left names all values that are wrong, and what they may be. */
export const evaluateVaeOptions = (args: readonly string[]): Either<Failure, EvaluateVaeOptions> =>
  pipe(
    parseCommand(evaluateVaeText, flags, args, checkpointOperand),
    E.chain(({ given, operand }) =>
      decoded(evaluateVaeText, values => ({
        checkpoint: operand,
        data: given.data,
        samples: values.integer('--samples', given.samples ?? '200', 0, 1_000_000),
        examples: values.integer('--examples', given.examples ?? '1000', 2, 10_000),
        refined: values.integer('--refined', given.refined ?? '100', 0, 10_000),
        sandwich: values.integer('--sandwich', given.sandwich ?? '50', 0, 1000),
        seed: values.integer('--seed', given.seed ?? '0', 0, unsigned32),
        json: given.json ?? false,
        costly: costly.filter(name => given[name] !== undefined).map(name => `--${name}`),
        ...backendOptions(given, values),
      })),
    ),
  )
