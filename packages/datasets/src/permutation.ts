import { threefry2x32 } from '@elbo/tensor'

/** A Threefry key: two unsigned 32-bit words. */
export type ShuffleKey = readonly [number, number]

const wordCount = 2 ** 32

/**
 * A uniform integer in [0, bound), from a source of uniform 32-bit words: words of the incomplete last run of `bound` values
 * are rejected, for `word % bound` alone would favour small values.
 */
export const uniformBelow = (bound: number, nextWord: () => number): number => {
  const accepted = wordCount - (wordCount % bound)
  let word = nextWord()
  while (word >= accepted) word = nextWord()
  return word % bound
}

const wordsOf = (count: number): [number, number] => [count >>> 0, Math.floor(count / wordCount)]

/** The words of Threefry-2x32 under `key`, at the counters 0, 1, 2, … */
const wordStream = (key: ShuffleKey): (() => number) => {
  let block: readonly [number, number] = [0, 0]
  let drawn = 0
  return () => {
    const second = drawn % 2
    if (second === 0) block = threefry2x32(key, wordsOf(drawn / 2))
    drawn += 1
    return block[second]
  }
}

/**
 * A uniform permutation of 0, …, count − 1 that is a function of `(key, epoch)` alone: Fisher–Yates from the last position down
 * (Knuth, The Art of Computer Programming 2, algorithm 3.4.2P), driven by Threefry under the key `threefry2x32(key, epoch)`.
 * The order is part of what a checkpoint means, so it stays the same from version to version.
 */
export const permutation = (key: ShuffleKey, epoch: number, count: number): Uint32Array<ArrayBuffer> => {
  const nextWord = wordStream(threefry2x32(key, wordsOf(epoch)))
  const order = Uint32Array.from({ length: count }, (_, position) => position)
  for (let last = count - 1; last > 0; last--) {
    const chosen = uniformBelow(last + 1, nextWord)
    const index = order[chosen]
    order[chosen] = order[last]
    order[last] = index
  }
  return order
}
