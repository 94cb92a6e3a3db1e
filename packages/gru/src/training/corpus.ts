import type { NDArray } from '@elbo/tensor'

/** Numbers of characters, i32[sequences, length]. */
type Numbers = NDArray<readonly [number, number], 'i32'>

/** A text in sequences of one length, side by side: number k + 1 begins where number k ends. */
export interface TextSequences {
  /** The whole text as numbers: what tells one text from another. */
  readonly encoded: Int32Array
  /** How many sequences there are. */
  readonly count: number
  /** The sequences at these positions, and at the same places what comes next. */
  readonly gather: (positions: ArrayLike<number> & { readonly length: number }) => {
    readonly inputs: Numbers
    readonly targets: Numbers
  }
}

/**
 * What a model of characters trains on: `sequenceSource` of `@elbo/datasets` makes sequences of any text, `vocabularyOf` its characters. This
 * package asks for no more, so that it installs without a text.
 */
export interface Corpus {
  /** Character k is written as k. */
  readonly characters: readonly string[]
  readonly train: TextSequences
  /** What the model does not see while it trains; of the same length of sequences. */
  readonly test: TextSequences
}

/** Sequences side by side in a batch, read in order: row b of a batch goes on where row b of the batch before ended. */
export interface Streams {
  /** Batches from the beginning of the streams to their end. */
  readonly count: number
  readonly at: (place: number) => { readonly inputs: Numbers; readonly targets: Numbers }
}

/** A text as so many streams of equal length. Sequences at its end that do not make each stream longer by one are left out. */
export const streamsOf = ({ count, gather }: TextSequences, streams: number): Streams => {
  const each = Math.floor(count / streams)
  return {
    count: each,
    at: place => gather(Array.from({ length: streams }, (_, stream) => stream * each + place)),
  }
}
