import { batchesOfEpoch, type Cursor } from '../batches.js'
import type { Indices } from '../images.js'
import type { ShuffleKey } from '../permutation.js'

/** Numbers of characters, i32[batch, length], in the form of the tensor package's host data. */
export interface CharacterBatch<Size extends number, Length extends number> {
  readonly data: Int32Array<ArrayBuffer>
  readonly shape: readonly [Size, Length]
  readonly dtype: 'i32'
}

/** What is read, and at the same places what comes next. */
export interface SequenceBatch<Size extends number, Length extends number> {
  readonly inputs: CharacterBatch<Size, Length>
  readonly targets: CharacterBatch<Size, Length>
}

/** A text as a training loop asks for it: in sequences by position, and in the order of an epoch. */
export interface SequenceSource<Length extends number> {
  /** The whole text as numbers, those of a last part that fills no sequence too. */
  readonly encoded: Int32Array
  /** How many sequences there are. */
  readonly count: number
  readonly gather: <Size extends number>(indices: Indices<Size>) => SequenceBatch<Size, Length>
  /** The batches of the cursor's epoch from the cursor on, as positions; sequences that do not fill a last batch are left out. */
  readonly shuffled: <Size extends number>(
    order: { readonly key: ShuffleKey; readonly batchSize: Size },
    cursor: Cursor,
  ) => Iterable<Indices<Size>>
}

/**
 * The last share of a text, which a model is not to see while it trains, and what comes before it.
 * @throws RangeError unless the share is between 0 and 1.
 */
export const heldOut =
  (share = 0.1) =>
  (
    encoded: Int32Array<ArrayBuffer>,
  ): { readonly train: Int32Array<ArrayBuffer>; readonly test: Int32Array<ArrayBuffer> } => {
    if (!(share > 0 && share < 1)) throw new RangeError(`heldOut: a share is between 0 and 1, got ${share}`)
    const from = encoded.length - Math.floor(share * encoded.length)
    return { train: encoded.subarray(0, from), test: encoded.subarray(from) }
  }

/**
 * Sequences that cover a text side by side: number k reads characters k·length to (k + 1)·length − 1, and is to predict those one further.
 * So each character but the first is predicted once; those after the last whole sequence are left out.
 * @throws RangeError when the text holds not one sequence.
 */
export const sequenceSource =
  <const Length extends number>(length: Length) =>
  (encoded: Int32Array): SequenceSource<Length> => {
    if (!(Number.isSafeInteger(length) && length > 0))
      throw new RangeError(`sequenceSource: a length is a positive integer, got ${length as number}`)
    const count = Math.floor((encoded.length - 1) / length)
    if (count < 1)
      throw new RangeError(
        `sequenceSource: ${encoded.length} characters do not hold a sequence of ${length as number} and its next`,
      )
    return {
      encoded,
      count,
      gather: <Size extends number>(indices: Indices<Size>) => {
        const read = (shift: number): CharacterBatch<Size, Length> => {
          const data = new Int32Array(indices.length * length)
          for (let row = 0; row < indices.length; row++) {
            const k = indices[row]
            if (!(Number.isInteger(k) && k >= 0 && k < count))
              throw new RangeError(`sequenceSource: there is no sequence ${k} among ${count}`)
            const from = k * length + shift
            data.set(encoded.subarray(from, from + length), row * length)
          }
          return { data, shape: [indices.length, length], dtype: 'i32' }
        }
        return { inputs: read(0), targets: read(1) }
      },
      *shuffled({ key, batchSize }, cursor) {
        for (const { indices } of batchesOfEpoch({ key, batchSize, count, dropLast: true }, cursor))
          yield indices
      },
    }
  }
