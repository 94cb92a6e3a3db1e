import { configurationKinds, type ConfigurationFile } from '@elbo/vae'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { parseOptions, valued, type OptionsText } from '../commands/parse.js'
import type { Failure } from '../failure.js'
import {
  backendFlags,
  decoded,
  keepingFlags,
  outFlag,
  rateFlags,
  runOptions,
  seedFlag,
  type RunOptions,
} from '../training/options.js'
import { readConfiguration } from './configuration-file.js'

const kindLines = Object.entries(configurationKinds)
  .map(([part, kinds]) => `  ${part.padEnd(12)}${kinds.join(', ')}`)
  .join('\n')

export const trainVaeText: OptionsText = {
  name: 'elbo train vae',
  usageLine: 'elbo train vae --out <folder> [--config <file>] [options]',
  description: `Trains a variational autoencoder on Fashion-MNIST with Adam, maximising the evidence lower bound (ELBO), in nats per
image: 784-400-20-400-784 with Bernoulli pixels, or what a configuration says. Options come before it.

A configuration is a JSON file: { "latent": 20, "encoder": { "kind": "mlp", "hidden": [400] }, "training": { "epochs": 5 } }.
Every part may be left out. The kinds of each:
${kindLines}

It writes into the folder --out:
  vae.safetensors       checkpoint: parameters, optimiser state, key and data cursor
  best.safetensors      the one with the highest test ELBO, with --patience
  metrics.jsonl         one line per step and per epoch
  loss.svg              training and test curves
  reconstructions.png   test images above their reconstructions
  samples.png           images drawn from the prior`,
  examples: [
    'elbo train vae --epochs 5 --seed 1 --out runs/vae',
    'elbo train vae --config configurations/beta-tc.json --out runs/beta-tc',
    'elbo train vae --epochs 20 --out runs/full --data /usr/share/datasets/fashion-mnist',
    'elbo train vae --epochs 20 --out runs/full --data … --resume    # after Ctrl-C, or to train on',
    'elbo train vae --epochs 1 --out runs/vae --json | jq .testElbo',
  ],
}

const flags = {
  config: valued(
    '<file>',
    'A configuration in JSON: what the model is made of and trained by (default: 784-400-20-400-784)',
  ),
  epochs: valued('<n>', 'Passes over the training images', '5'),
  seed: seedFlag,
  out: outFlag,
  data: valued('<folder>', 'The four published files of Fashion-MNIST (default: the embedded 12,000 images)'),
  ...backendFlags,
  batchSize: valued('<n>', 'Images per step', '128'),
  ...rateFlags('0.001', '--epochs'),
  patience: valued(
    '<n>',
    'Stop when the test ELBO has not risen for n epochs. The results are those of the best epoch, kept in best.safetensors',
  ),
  steps: valued('<n>', 'Stop after this many steps, counted from the first; --resume goes on from there'),
  ...keepingFlags,
}

export interface TrainVaeOptions extends RunOptions {
  readonly configuration: ConfigurationFile
  readonly epochs: number
  /** Epochs. `undefined`: all of them are trained. */
  readonly patience: number | undefined
  readonly steps: number | undefined
}

const asText = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(value)

/**
 * Decodes the options of `elbo train vae`, and the configuration that they name; the Left names all values that are wrong, and what they may be.
 */
export const trainVaeOptions = (args: readonly string[]): Either<Failure, TrainVaeOptions> =>
  pipe(
    parseOptions(trainVaeText, flags, args),
    E.bindTo('given'),
    E.bind('configuration', ({ given: { config } }) =>
      config === undefined ? E.right<Failure, ConfigurationFile>({}) : readConfiguration(config),
    ),
    E.chain(({ given, configuration }) =>
      decoded(trainVaeText, (values): TrainVaeOptions => {
        const { epochs, batchSize, learningRate, warmUp, decay, clip, patience } =
          configuration.training ?? {}
        const [rise, norm] = [asText(warmUp), asText(clip)]
        return {
          configuration,
          epochs: values.integer('--epochs', given.epochs ?? asText(epochs) ?? '5', 1, 1_000_000),
          ...runOptions(given, values, {
            batchSize: asText(batchSize) ?? '128',
            learningRate: asText(learningRate) ?? '0.001',
            ...(rise === undefined ? {} : { warmUp: rise }),
            ...(decay === undefined ? {} : { decay }),
            ...(norm === undefined ? {} : { clip: norm }),
          }),
          patience: values.optional('--patience', given.patience ?? asText(patience), 1),
          steps: values.optional('--steps', given.steps, 1),
        }
      }),
    ),
  )
