import type { Either } from 'fp-ts/lib/Either.js'
import { valued, type OptionsText } from '../commands/parse.js'
import type { Failure } from '../failure.js'
import {
  backendFlags,
  backendOptions,
  decodeOptions,
  unsigned32,
  type BackendOptions,
} from '../training/options.js'

export const sampleGruText: OptionsText = {
  name: 'elbo sample gru',
  usageLine: 'elbo sample gru (--out <folder> | --checkpoint <file>) [options]',
  description: `Draws text from a GRU that "elbo train gru" has trained, to the standard output: the prompt and what the model
writes after it. The same seed draws the same text.`,
  examples: [
    'elbo sample gru --out runs/gru --prompt "In the beginning"',
    'elbo sample gru --out runs/gru --temperature 0.7 --length 1000 --seed 2',
    'elbo sample gru --checkpoint runs/gru/gru.safetensors --top-p 0.9',
  ],
}

const flags = {
  prompt: valued(
    '<text>',
    'What the text begins with; the model reads it first (default: a line break, where it knows one)',
  ),
  length: valued('<n>', 'Characters to draw', '400'),
  temperature: valued('<x>', 'Below 1 likely characters become likelier; 0 always takes the likeliest', '1'),
  topK: valued('<n>', 'Draw among the n likeliest characters only (default: all)'),
  topP: valued(
    '<x>',
    'Draw among the fewest likeliest characters whose probabilities reach x (default: all)',
  ),
  seed: valued('<n>', 'The same seed draws the same text', '1'),
  out: valued('<folder>', 'The folder of a run of "elbo train gru"'),
  checkpoint: valued('<file>', 'A checkpoint, wherever it is'),
  ...backendFlags,
}

export interface SampleGruOptions extends BackendOptions {
  readonly prompt: string | undefined
  readonly length: number
  readonly temperature: number
  readonly topK: number | undefined
  readonly topP: number | undefined
  readonly seed: number
  readonly from: { readonly out: string } | { readonly checkpoint: string }
}

/** Decodes the options of `elbo sample gru`; the Left names all values that are wrong, and what they may be. */
export const sampleGruOptions = (args: readonly string[]): Either<Failure, SampleGruOptions> =>
  decodeOptions(sampleGruText, flags, args, (given, values) => {
    const { out, checkpoint } = given
    if ((out === undefined) === (checkpoint === undefined))
      values.wrong.push(
        'One of --out (the folder of a run) and --checkpoint (a file) is needed, and only one.',
      )
    return {
      prompt: given.prompt,
      length: values.integer('--length', given.length ?? '400', 1, 10_000_000),
      temperature: values.number(
        '--temperature',
        given.temperature ?? '1',
        value => value >= 0,
        'a number of at least 0, such as 0.7',
      ),
      topK: values.optional('--top-k', given.topK, 1),
      topP:
        given.topP === undefined
          ? undefined
          : values.number(
              '--top-p',
              given.topP,
              value => value > 0 && value <= 1,
              'a number above 0 and at most 1, such as 0.9',
            ),
      seed: values.integer('--seed', given.seed ?? '1', 0, unsigned32),
      from: checkpoint === undefined ? { out: out ?? '' } : { checkpoint },
      ...backendOptions(given, values),
    }
  })
