import { checkedShape, type Shape, sizeOf } from '../shape/index.js'
import type { AnyTensor, Tensor } from '../graph/tensor.js'
import { add, like, min, mod, mul, sub } from '../primitives/arithmetic.js'
import { reshape } from '../primitives/layout.js'
import { full } from '../primitives/leaves.js'
import { cast, lt, shiftRight } from '../primitives/logic.js'
import { argsort } from '../primitives/reduce.js'
import { normalFromBits } from '../primitives/transcendental.js'
import { words, type Key } from './key.js'

/** Draws are functions of a key: `normal([2, 3])(key)`. One key gives the same numbers on every backend. */
export type Draw<T> = (key: Key) => T

/** Random words, u32. */
export const bits =
  <const S extends Shape>(shape: S): Draw<Tensor<[...S], 'u32'>> =>
  key =>
    reshape(words(key, sizeOf(checkedShape('bits', shape))), shape) as Tensor<[...S], 'u32'>

/** Uniform on [0, 1), in steps of 2⁻²⁴. */
export const uniform =
  <const S extends Shape>(shape: S): Draw<Tensor<[...S], 'f32'>> =>
  key => {
    const drawn: AnyTensor = bits(shape)(key)
    const fraction = cast(shiftRight(drawn, like(drawn, 8)), 'f32')
    return mul(fraction, like(fraction, 2 ** -24)) as Tensor<[...S], 'f32'>
  }

/** Standard normal, √2·erfinv(2u − 1). */
export const normal =
  <const S extends Shape>(shape: S): Draw<Tensor<[...S], 'f32'>> =>
  key =>
    normalFromBits(bits(shape)(key)) as Tensor<[...S], 'f32'>

/** True with the given probabilities, one draw for each. */
export const bernoulli =
  <S extends Shape>(probabilities: Tensor<S, 'f32'>): Draw<Tensor<S, 'bool'>> =>
  key =>
    lt(uniform(probabilities.shape)(key), probabilities) as Tensor<S, 'bool'>

/**
 * Whole numbers from `low` up to, not including, `high`; off uniform by less than (high − low)/2³².
 * @throws RangeError unless −2³¹ ≤ low < high ≤ 2³¹.
 */
export const integers =
  (low: number, high: number) =>
  <const S extends Shape>(shape: S): Draw<Tensor<[...S], 'i32'>> =>
  key => {
    if (
      !Number.isInteger(low) ||
      !Number.isInteger(high) ||
      high <= low ||
      low < -(2 ** 31) ||
      high > 2 ** 31
    ) {
      throw new RangeError(`integers: there is no i32 from ${low} up to ${high}`)
    }
    const drawn: AnyTensor = bits(shape)(key)
    const below = high - low === 2 ** 32 ? drawn : mod(drawn, like(drawn, high - low))
    return add(cast(below, 'i32'), full(shape, 'i32', low)) as Tensor<[...S], 'i32'>
  }

/** A random order of 0 … count − 1, i32. */
export const permutation =
  (count: number): Draw<Tensor<[number], 'i32'>> =>
  key =>
    argsort(words(key, count)) as Tensor<[number], 'i32'>

/** The largest f32 below x. */
const below = (x: number): number => {
  const value = Float32Array.of(x)
  if (value[0] === 0) return -(2 ** -149)
  new Int32Array(value.buffer)[0] -= Math.sign(value[0])
  return value[0]
}

/**
 * Uniform on [low, high).
 * @throws RangeError unless low < high in f32, both finite.
 */
export const uniformBetween =
  (low: number, high: number) =>
  <const S extends Shape>(shape: S): Draw<Tensor<[...S], 'f32'>> =>
  key => {
    if (!(Math.fround(low) < Math.fround(high) && Number.isFinite(Math.fround(high - low)))) {
      throw new RangeError(`uniformBetween: there is no f32 from ${low} up to ${high}`)
    }
    const u: AnyTensor = uniform(shape)(key)
    const drawn = add(mul(u, sub(like(u, high), like(u, low))), like(u, low))
    // The sum may round up to `high` itself.
    return min(drawn, like(u, below(high))) as Tensor<[...S], 'f32'>
  }
