import { checkedShape, ShapeError, type Shape } from '../shape/index.js'
import { sizeOf } from '../graph/indices.js'
import type { Tensor } from '../graph/tensor.js'
import { add, like, mod, mul, sub } from '../primitives/arithmetic.js'
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
    reshape(words(key, sizeOf(checkedShape('bits', shape) as Shape)), shape) as Tensor<[...S], 'u32'>

/** Uniform on [0, 1), in steps of 2⁻²⁴. */
export const uniform =
  <const S extends Shape>(shape: S): Draw<Tensor<[...S], 'f32'>> =>
  key => {
    const drawn: Tensor = bits(shape)(key)
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

/** Whole numbers from `low` up to, not including, `high`; off uniform by less than (high − low)/2³². */
export const integers =
  (low: number, high: number) =>
  <const S extends Shape>(shape: S): Draw<Tensor<[...S], 'i32'>> =>
  key => {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || high <= low) {
      throw new ShapeError(`integers: there is no whole number from ${low} up to ${high}`)
    }
    const drawn: Tensor = bits(shape)(key)
    return add(cast(mod(drawn, like(drawn, high - low)), 'i32'), full(shape, 'i32', low)) as Tensor<
      [...S],
      'i32'
    >
  }

/** A random order of 0 … count − 1, i32. */
export const permutation =
  (count: number): Draw<Tensor<[number], 'i32'>> =>
  key =>
    argsort(words(key, count)) as Tensor<[number], 'i32'>

/** Uniform on [low, high). */
export const uniformBetween =
  (low: number, high: number) =>
  <const S extends Shape>(shape: S): Draw<Tensor<[...S], 'f32'>> =>
  key => {
    const u: Tensor = uniform(shape)(key)
    return add(mul(u, sub(like(u, high), like(u, low))), like(u, low)) as Tensor<[...S], 'f32'>
  }
