import type { AnyTensor, Tensor } from '../graph/tensor.js'
import { constant, iota, full } from '../primitives/leaves.js'
import { reshape, slice, transpose } from '../primitives/layout.js'
import { threefry } from '../primitives/random.js'

/** The state of randomness, as a value: two words. Using one key for two draws gives the same numbers twice; `split` it instead. */
export type Key = Tensor<readonly [2], 'u32'>

/** Domains keep the streams of one key apart. */
const drawing = 0
const splitting = 1
const folding = 2

/** The key of a seed: any safe integer from 0, its low and high words. */
export const key = (seed: number): Key => {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`key: seed ${seed} is not a whole number from 0 to 2^53 − 1`)
  const data = Uint32Array.of(Math.floor(seed / 2 ** 32), seed >>> 0)
  return constant({ data, shape: [2], dtype: 'u32' }) as Key
}

/** Random words: u32[count], the draws of this key in order. */
export const words = (source: Key, count: number): AnyTensor => {
  const blocks = Math.ceil(count / 2)
  const both = reshape(threefry(source, iota(blocks, 'u32'), drawing), [2 * blocks])
  return slice(both, { starts: [0], sizes: [count], steps: [1] })
}

/** `count` independent keys. The source should not be used again. */
export const split = (source: Key, count = 2): readonly Key[] => {
  const rows = transpose(threefry(source, iota(count, 'u32'), splitting), [1, 0])
  return Array.from(
    { length: count },
    (_, i) => reshape(slice(rows, { starts: [i, 0], sizes: [1, 2], steps: [1, 1] }), [2]) as Key,
  )
}

/** The key for a number, such as a step's: `foldIn(step)(key)`. The number may be a traced u32[]. */
export const foldIn =
  (data: number | Tensor<readonly [], 'u32'>) =>
  (source: Key): Key =>
    threefry(source, typeof data === 'number' ? full([], 'u32', data) : data, folding) as Key
