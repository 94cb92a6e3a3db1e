import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { switched, valued, type OptionsText } from '../commands/parse.js'
import type { Failure } from '../failure.js'
import { checkpointAndOptions } from '../sample-diffusion/options.js'
import {
  backendFlags,
  backendOptions,
  decodeOptions,
  unsigned32,
  type BackendOptions,
} from '../training/options.js'

export const evaluateDiffusionText: OptionsText = {
  name: 'elbo evaluate diffusion',
  usageLine: 'elbo evaluate diffusion <checkpoint> [options]',
  description: `Says how likely a diffusion model finds data that it was not trained on, by two routes, each with its standard error:
  bound   the evidence lower bound, which is what the model was made to raise
  flow    the change of variables along the probability-flow equation; of images, dequantised, it is a bound, too
For points in nats, beside their entropy, below which no model comes; for test images also in bits per pixel.
<checkpoint> is the folder of a run of "elbo train diffusion", or a file. The average of the parameters is what is judged.`,
  examples: [
    'elbo evaluate diffusion runs/points',
    'elbo evaluate diffusion runs/unet --data /usr/share/datasets/fashion-mnist --examples 256 --json',
  ],
}

const flags = {
  data: valued('<name>', 'As for "elbo train diffusion" (default: the points of the run, or fashion-mnist)'),
  examples: valued('<n>', 'How many, by either route (default: 4096 points, 64 images)'),
  draws: valued(
    '<n>',
    'Levels at which the bound of each example is looked at (default: 16 for points, 4 for images)',
  ),
  steps: valued(
    '<n>',
    'Steps of the flow (default: 100 by a method of order 4 for points, 50 of order 2 for images)',
  ),
  probes: valued('<n>', 'Probes of the trace of the flow of images; the trace of points is exact', '1'),
  seed: valued('<n>', 'Of the examples, of noise and probes', '1'),
  ...backendFlags,
  json: switched('Print the results as one JSON object, the last line of the standard output'),
}

export interface EvaluateDiffusionOptions extends BackendOptions {
  readonly checkpoint: string
  readonly data: string | undefined
  readonly examples: number | undefined
  readonly draws: number | undefined
  readonly steps: number | undefined
  readonly probes: number
  readonly seed: number
  readonly json: boolean
}

/** Decodes the options of `elbo evaluate diffusion`; the Left names all values that are wrong, and what they may be. */
export const evaluateDiffusionOptions = (
  args: readonly string[],
): Either<Failure, EvaluateDiffusionOptions> => {
  const parts = checkpointAndOptions(evaluateDiffusionText, args)
  if (E.isLeft(parts)) return parts
  const [checkpoint, options] = parts.right
  return decodeOptions(evaluateDiffusionText, flags, options, (given, values) => ({
    checkpoint,
    data: given.data,
    examples: values.optional('--examples', given.examples, 2, 1_000_000),
    draws: values.optional('--draws', given.draws, 1, 10_000),
    steps: values.optional('--steps', given.steps, 1, 10_000),
    probes: values.integer('--probes', given.probes ?? '1', 1, 1000),
    seed: values.integer('--seed', given.seed ?? '1', 0, unsigned32),
    ...backendOptions(given, values),
    json: given.json ?? false,
  }))
}
