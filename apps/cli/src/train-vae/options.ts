import type { Either } from 'fp-ts/lib/Either.js'
import { valued, type OptionsText } from '../commands/parse.js'
import type { Failure } from '../failure.js'
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

const flags = {
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
  readonly epochs: number
  /** Epochs. `undefined`: all of them are trained. */
  readonly patience: number | undefined
  readonly steps: number | undefined
}

/** Decodes the options of `elbo train vae`; the Left names all values that are wrong, and what they may be. */
export const trainVaeOptions = (args: readonly string[]): Either<Failure, TrainVaeOptions> =>
  decodeOptions(trainVaeText, flags, args, (given, values) => ({
    epochs: values.integer('--epochs', given.epochs ?? '5', 1, 1_000_000),
    ...runOptions(given, values, { batchSize: '128', learningRate: '0.001' }),
    patience: values.optional('--patience', given.patience, 1),
    steps: values.optional('--steps', given.steps, 1),
  }))
