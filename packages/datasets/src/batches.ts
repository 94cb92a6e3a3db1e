import type { Indices } from './images.js'
import { permutation, type ShuffleKey } from './permutation.js'

/** How a data set of `count` elements is cut into batches, in a fresh order each epoch. */
export interface BatchPlan<Size extends number = number, DropLast extends boolean = boolean> {
  /** Best a key of its own: the order of every epoch is a function of it. */
  readonly key: ShuffleKey
  /** The number of elements of the data set. */
  readonly count: number
  readonly batchSize: Size
  /** Whether an epoch ends before a last batch that would be smaller, so that all have one shape. */
  readonly dropLast: DropLast
}

/** A place between two batches: `batch` batches of epoch `epoch` are done. Plain numbers, to be kept in a checkpoint. */
export interface Cursor {
  readonly epoch: number
  readonly batch: number
}

export interface Batch<Length extends number = number> {
  /** The positions in the data set, in the order of this epoch. */
  readonly indices: Uint32Array<ArrayBuffer> & Indices<Length>
  /** The place of this batch: iterating from here gives it again. */
  readonly cursor: Cursor
  /** The place after this batch: the one to keep once the batch has been used. */
  readonly next: Cursor
}

/** The length of a batch as far as it is known before iterating: with `dropLast` every batch is full. */
export type BatchLength<Size extends number, DropLast extends boolean> = DropLast extends true ? Size : number

export const firstBatch: Cursor = { epoch: 0, batch: 0 }

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/**
 * The number of batches in an epoch.
 * @throws RangeError when `count` or `batchSize` is not a positive integer, or when not one batch results.
 */
export const batchesPerEpoch = ({ count, batchSize, dropLast }: BatchPlan): number => {
  if (!isCount(count) || count === 0 || count > 2 ** 32 - 1) {
    throw new RangeError(`batches: count must be an integer from 1 to 4294967295, got ${count}`)
  }
  if (!isCount(batchSize) || batchSize === 0) {
    throw new RangeError(`batches: batchSize must be a positive integer, got ${batchSize}`)
  }
  if (dropLast && batchSize > count) {
    throw new RangeError(
      `batches: ${count} elements do not fill one batch of ${batchSize}, and dropLast leaves out a smaller one`,
    )
  }
  return dropLast ? Math.floor(count / batchSize) : Math.ceil(count / batchSize)
}

const checkCursor = ({ epoch, batch }: Cursor, perEpoch: number): void => {
  if (!isCount(epoch) || !isCount(batch) || batch > perEpoch) {
    throw new RangeError(
      `batches: the cursor { epoch: ${epoch}, batch: ${batch} } does not belong to a plan of ${perEpoch} batches per epoch`,
    )
  }
}

/** The batches of one epoch from number `from` on. */
function* rest<Size extends number, DropLast extends boolean>(
  plan: BatchPlan<Size, DropLast>,
  epoch: number,
  from: number,
  perEpoch: number,
): Generator<Batch<BatchLength<Size, DropLast>>, void, undefined> {
  const { key, count, batchSize } = plan
  const order = permutation(key, epoch, count)
  for (let batch = from; batch < perEpoch; batch++) {
    const indices = order.slice(batch * batchSize, (batch + 1) * batchSize)
    yield {
      indices: indices as typeof indices & Indices<BatchLength<Size, DropLast>>,
      cursor: { epoch, batch },
      next: batch + 1 < perEpoch ? { epoch, batch: batch + 1 } : { epoch: epoch + 1, batch: 0 },
    }
  }
}

/**
 * The batches from `cursor` on, epoch after epoch without end: take as many as are wanted. Each epoch visits every element at
 * most once, with `dropLast: false` exactly once. Iterating from the `next` of any batch goes on exactly where it stood.
 * @throws RangeError when the plan gives no batch, or when the cursor belongs to another plan.
 */
export const batchesFrom = <const Size extends number, DropLast extends boolean>(
  plan: BatchPlan<Size, DropLast>,
  cursor: Cursor = firstBatch,
): Iterable<Batch<BatchLength<Size, DropLast>>> => {
  const perEpoch = batchesPerEpoch(plan)
  checkCursor(cursor, perEpoch)
  return {
    *[Symbol.iterator]() {
      yield* rest(plan, cursor.epoch, cursor.batch, perEpoch)
      for (let epoch = cursor.epoch + 1; ; epoch++) yield* rest(plan, epoch, 0, perEpoch)
    },
  }
}

/**
 * The batches of the epoch of `cursor`, from `cursor` to the epoch's end.
 * @throws RangeError when the plan gives no batch, or when the cursor belongs to another plan.
 */
export const batchesOfEpoch = <const Size extends number, DropLast extends boolean>(
  plan: BatchPlan<Size, DropLast>,
  cursor: Cursor = firstBatch,
): Iterable<Batch<BatchLength<Size, DropLast>>> => {
  const perEpoch = batchesPerEpoch(plan)
  checkCursor(cursor, perEpoch)
  return { [Symbol.iterator]: () => rest(plan, cursor.epoch, cursor.batch, perEpoch) }
}
