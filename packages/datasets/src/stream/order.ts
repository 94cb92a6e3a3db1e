import { threefry2x32 } from '@elbo/tensor'
import { permutation, type ShuffleKey } from '../permutation.js'

/** How records are mixed that are too many to be held at once. */
export interface PoolPlan {
  readonly key: ShuffleKey
  /** Of records. */
  readonly count: number
  /** Records that stand side by side in a file and are read together. */
  readonly blockLength: number
  /** Blocks, from anywhere in the data, that are held and mixed together. */
  readonly poolBlocks: number
}

/** Records [first, first + count) of the data. */
export interface Block {
  readonly first: number
  readonly count: number
}

export interface Pool {
  /** The place of its first record in the epoch. */
  readonly start: number
  readonly blocks: readonly Block[]
  /** The n-th record of the pool, in the order of the epoch, is number `order[n]` of its blocks, read one after the other. */
  readonly order: () => Uint32Array
}

/** Apart from epochs, which count from (0, 0), the keys of pools. */
const pooling = 2 ** 31

/**
 * The pools of an epoch: blocks in a random order, so many at a time, the records of each pool in a random order. All is a function of the plan and
 * the epoch. Memory is taken for a number for each block.
 */
export const poolsOf = (
  { key, count, blockLength, poolBlocks }: PoolPlan,
  epoch: number,
): readonly Pool[] => {
  const blockCount = Math.ceil(count / blockLength)
  const order = permutation(key, epoch, blockCount)
  let start = 0
  return Array.from({ length: Math.ceil(blockCount / poolBlocks) }, (_, pool) => {
    const blocks = Array.from(order.subarray(pool * poolBlocks, (pool + 1) * poolBlocks), block => ({
      first: block * blockLength,
      count: Math.min(blockLength, count - block * blockLength),
    }))
    const size = blocks.reduce((sum, block) => sum + block.count, 0)
    const here = start
    start += size
    return { start: here, blocks, order: () => permutation(threefry2x32(key, [pool, pooling]), epoch, size) }
  })
}
