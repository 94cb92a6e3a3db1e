import * as E from 'fp-ts/lib/Either.js'
import { batchesPerEpoch, firstBatch, type Cursor } from '../batches.js'
import type { DatasetError } from '../errors.js'
import type { ShuffleKey } from '../permutation.js'
import { poolsOf, type Pool } from './order.js'
import { bytesOf, type Records } from './records.js'

export interface StreamPlan {
  readonly key: ShuffleKey
  readonly batchSize: number
  /** Records that stand side by side in a file and are read together; 256 unless told. */
  readonly blockLength?: number
  /** Blocks, from anywhere in the data, that are held and mixed together; 64 unless told. */
  readonly poolBlocks?: number
}

export interface StreamedBatch {
  /** Row-major over [batchSize, …]. */
  readonly data: Uint8Array<ArrayBuffer>
  readonly shape: readonly number[]
  /** The place of this batch: going on from here gives it again. */
  readonly cursor: Cursor
  /** The place after this batch: the one to keep once the batch has been used. */
  readonly next: Cursor
}

/** A pool whose records have been read. */
interface LoadedPool {
  readonly start: number
  readonly end: number
  readonly order: Uint32Array
}

/** Reads the records of a pool into `held`. */
const loaded = async (
  records: Records,
  { start, blocks, order }: Pool,
  held: Uint8Array,
): Promise<E.Either<DatasetError, LoadedPool>> => {
  const bytes = bytesOf(records.shape)
  let size = 0
  for (const { first, count } of blocks) {
    const read = await records.read(first, count, held.subarray(size * bytes, (size + count) * bytes))()
    if (E.isLeft(read)) return read
    size += count
  }
  return E.right({ start, end: start + size, order: order() })
}

const checked = (name: string, value: number): number => {
  if (!(Number.isSafeInteger(value) && value > 0))
    throw new RangeError(`stream: ${name} is a positive integer, got ${value}`)
  return value
}

/**
 * The batches of the cursor's epoch from the cursor on, of records that are too many to be held: at any time one pool of `poolBlocks` blocks of
 * `blockLength` records is, and a batch. Blocks come in a random order and are mixed within their pool; the order is a function of (key, epoch) and of
 * the plan, so that going on from a cursor goes on exactly there. Records that do not fill a last batch are left out.
 *
 * Ends after a Left: a file that cannot be read, by its name and the offset.
 * @throws RangeError when the plan gives no batch, or when the cursor belongs to another plan.
 */
export const stream = (
  records: Records,
  { key, batchSize, blockLength = 256, poolBlocks = 64 }: StreamPlan,
  cursor: Cursor = firstBatch,
): AsyncIterable<E.Either<DatasetError, StreamedBatch>> => {
  const { count, shape } = records
  const perEpoch = batchesPerEpoch({ key, count, batchSize, dropLast: true })
  const plan = {
    key,
    count,
    blockLength: checked('blockLength', blockLength),
    poolBlocks: checked('poolBlocks', poolBlocks),
  }
  const { epoch } = cursor
  if (!(
    Number.isSafeInteger(epoch) &&
    epoch >= 0 &&
    Number.isSafeInteger(cursor.batch) &&
    cursor.batch >= 0 &&
    cursor.batch <= perEpoch
  ))
    throw new RangeError(
      `stream: the cursor { epoch: ${epoch}, batch: ${cursor.batch} } does not belong to a plan of ${perEpoch} batches per epoch`,
    )
  const bytes = bytesOf(shape)
  return {
    async *[Symbol.asyncIterator]() {
      const pools = poolsOf(plan, epoch)
      const holding = (place: number): Pool =>
        pools.find((_, i) => i + 1 === pools.length || pools[i + 1].start > place) ?? pools[0]
      const held = new Uint8Array(Math.min(count, plan.poolBlocks * plan.blockLength) * bytes)
      let pool: LoadedPool | undefined
      for (let batch = cursor.batch; batch < perEpoch; batch++) {
        const data = new Uint8Array(batchSize * bytes)
        for (let i = 0; i < batchSize; i++) {
          const place = batch * batchSize + i
          if (pool === undefined || place >= pool.end) {
            const next = await loaded(records, holding(place), held)
            if (E.isLeft(next)) {
              yield next
              return
            }
            pool = next.right
          }
          const from = pool.order[place - pool.start] * bytes
          data.set(held.subarray(from, from + bytes), i * bytes)
        }
        yield E.right({
          data,
          shape: [batchSize, ...shape],
          cursor: { epoch, batch },
          next: batch + 1 < perEpoch ? { epoch, batch: batch + 1 } : { epoch: epoch + 1, batch: 0 },
        })
      }
    },
  }
}
