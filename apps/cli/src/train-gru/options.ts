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

export const trainGruText: OptionsText = {
  name: 'elbo train gru',
  usageLine: 'elbo train gru --out <folder> [options]',
  description: `Trains a gated recurrent unit on a text, character by character, with Adam. The last tenth of the text is held out;
on it the model is judged, in bits per character. After each epoch it writes a few lines of its own.

It writes into the folder --out:
  gru.safetensors       checkpoint: parameters, optimiser state, states, the characters and the place in the text
  metrics.jsonl         one line per step and per epoch
  sample.txt            text that the model writes at the end`,
  examples: [
    'elbo train gru --steps 2000 --seed 1 --out runs/gru',
    'elbo train gru --steps 4000 --out runs/gru --resume    # after Ctrl-C, or to train on',
    'elbo train gru --data novel.txt --hidden 512 --out runs/novel',
    'elbo train gru --steps 1000 --out runs/short --json | jq .bitsPerCharacter',
    'elbo sample gru --prompt "In the beginning" --out runs/gru',
  ],
}

const flags = {
  steps: valued('<n>', 'Steps in all, counted from the first; --resume with more goes on from there', '2000'),
  seed: seedFlag,
  out: outFlag,
  data: valued('<file>', 'A text in UTF-8 (default: the embedded King James Bible, 4.1 million characters)'),
  ...backendFlags,
  hidden: valued('<n>', 'Numbers in the state of each layer', '256'),
  layers: valued('<n>', 'GRUs, one above the other', '1'),
  embedding: valued('<n>', 'Numbers that stand for a character', '64'),
  batchSize: valued('<n>', 'Streams that the text is read in, side by side', '64'),
  length: valued('<n>', 'Characters of each stream per step, which slopes go back through', '64'),
  stepsPerEpoch: valued('<n>', 'Steps between two evaluations, each with a sample', '500'),
  ...rateFlags('0.002', '--steps', '1'),
  ...keepingFlags,
}

export interface TrainGruOptions extends RunOptions {
  readonly steps: number
  readonly hidden: number
  readonly layers: number
  readonly embedding: number
  /** Characters. */
  readonly length: number
  readonly stepsPerEpoch: number
}

/** Decodes the options of `elbo train gru`; the Left names all values that are wrong, and what they may be. */
export const trainGruOptions = (args: readonly string[]): Either<Failure, TrainGruOptions> =>
  decodeOptions(trainGruText, flags, args, (given, values) => ({
    steps: values.integer('--steps', given.steps ?? '2000', 1, 1_000_000_000),
    ...runOptions(given, values, { batchSize: '64', learningRate: '0.002', clip: '1' }),
    hidden: values.integer('--hidden', given.hidden ?? '256', 1, 8192),
    layers: values.integer('--layers', given.layers ?? '1', 1, 16),
    embedding: values.integer('--embedding', given.embedding ?? '64', 1, 8192),
    length: values.integer('--length', given.length ?? '64', 1, 10_000),
    stepsPerEpoch: values.integer('--steps-per-epoch', given.stepsPerEpoch ?? '500', 1, 1_000_000),
  }))
