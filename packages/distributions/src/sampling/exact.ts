import { abs, cast, customGradient, round, shiftLeft, full, type Shape, type Tensor } from '@elbo/tensor'
import {
  above,
  below,
  choose,
  larger,
  minus,
  over,
  plus,
  polynomial,
  smaller,
  times,
  type Real,
} from '../arithmetic.js'

/*
 * Elementary functions whose bits are the same on every backend with IEEE 754 arithmetic: additions, multiplications, divisions and choices
 * in an order that is written here. Draws are made with these, because two libraries' logarithms differ in their last bits, and a draw that
 * is accepted on one device and rejected on another is a different draw. Within 2 ulp; gradients are those of the functions themselves.
 */

const withSlope = (
  value: (x: Real) => Real,
  back: (g: Real, x: Real, y: Real) => Real,
): ((x: Real) => Real) => customGradient<Real, Real>(value, back)

/** x = m·2ᵉ with √½ ≤ m < √2, of a normal positive x: powers of two come off by exact products. */
const split = (x: Real): { readonly mantissa: Real; readonly exponent: Real } => {
  let [mantissa, exponent] = [x, times(x, 0)]
  for (const power of [64, 32, 16, 8, 4, 2, 1]) {
    const isLarge = above(mantissa, 2 ** (power - 0.5))
    const isSmall = below(mantissa, 2 ** -(power - 0.5))
    mantissa = times(mantissa, choose(isLarge, 2 ** -power, choose(isSmall, 2 ** power, 1)))
    exponent = plus(exponent, choose(isLarge, power, choose(isSmall, -power, 0)))
  }
  return { mantissa, exponent }
}

const lnTwoHigh = 0.693145751953125
const lnTwoLow = 1.4286068203094173e-6

/** ln x for normal x > 0: 2·artanh((m − 1)/(m + 1)) + e·ln 2. */
export const exactLog = withSlope(
  x => {
    const { mantissa, exponent } = split(x)
    const r = over(minus(mantissa, 1), plus(mantissa, 1))
    const r2 = times(r, r)
    const tail = times(r, r2, polynomial(r2, [2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11]))
    return plus(plus(plus(times(exponent, lnTwoLow), tail), times(r, 2)), times(exponent, lnTwoHigh))
  },
  (g, x) => over(g, x),
)

/** 2ⁿ for whole n from −126 to 127. */
const powerOfTwo = (n: Real): Real => {
  const size = abs(n)
  const half = (k: Real): Real => {
    const places = cast('u32')(k)
    return cast('f32')(shiftLeft(places)(full(places.shape, 1, 'u32') as Tensor<Shape, 'u32'>))
  }
  // 2¹²⁷ = 2³¹·2³¹·2³¹·2³¹·2³: parts of at most 31 places.
  let power: Real | undefined
  for (let part = 0; part < 5; part++) {
    const k = smaller(larger(minus(size, 31 * part), 0), 31)
    power = power === undefined ? half(k) : times(power, half(k))
  }
  const whole = power as Real
  return choose(below(n, 0), over(1, whole), whole)
}

/** eˣ; 0 below −87, ∞ above 88. */
export const exactExp = withSlope(
  x => {
    const inner = smaller(larger(x, -87), 88)
    const n = round(times(inner, Math.LOG2E))
    const r = minus(minus(inner, times(n, lnTwoHigh)), times(n, lnTwoLow))
    const tail = times(r, r, polynomial(r, [1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040]))
    const value = times(plus(plus(tail, r), 1), powerOfTwo(n))
    return choose(below(x, -87), 0, choose(above(x, 88), Infinity, value))
  },
  (g, _, y) => times(g, y),
)
