import { abs, cast, customGradient, round, shiftLeft, full, type Shape, type Tensor } from '@elbo/tensor'
import {
  above,
  below,
  both,
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

/** 2·artanh r − 2r for |r| < .18. */
const artanhTail = (r: Real): Real => {
  const r2 = times(r, r)
  return times(r, r2, polynomial(r2, [2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11]))
}

/** ln x for normal x > 0: 2·artanh((m − 1)/(m + 1)) + e·ln 2. */
export const exactLog = withSlope(
  x => {
    const { mantissa, exponent } = split(x)
    const r = over(minus(mantissa, 1), plus(mantissa, 1))
    return plus(plus(plus(times(exponent, lnTwoLow), artanhTail(r)), times(r, 2)), times(exponent, lnTwoHigh))
  },
  (g, x) => over(g, x),
)

/** ln(1 + x) for x > −1, without cancellation near 0. */
export const exactLog1p = withSlope(
  x => {
    const isSmall = both(above(x, -0.29), below(x, 0.41))
    const r = over(choose(isSmall, x, 0), plus(choose(isSmall, x, 0), 2))
    return choose(isSmall, plus(artanhTail(r), times(r, 2)), exactLog(plus(choose(isSmall, 0, x), 1)))
  },
  (g, x) => over(g, plus(x, 1)),
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

/** eˣ = 2ⁿ(1 + fraction) for −87 ≤ x ≤ 88. */
const exponential = (x: Real): { readonly fraction: Real; readonly power: Real } => {
  const n = round(times(x, Math.LOG2E))
  const r = minus(minus(x, times(n, lnTwoHigh)), times(n, lnTwoLow))
  const tail = times(r, r, polynomial(r, [1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040]))
  return { fraction: plus(tail, r), power: powerOfTwo(n) }
}

const within = (x: Real): Real => smaller(larger(x, -87), 88)

/** eˣ; 0 below −87, ∞ above 88. */
export const exactExp = withSlope(
  x => {
    const { fraction, power } = exponential(within(x))
    return choose(below(x, -87), 0, choose(above(x, 88), Infinity, times(plus(fraction, 1), power)))
  },
  (g, _, y) => times(g, y),
)

/** eˣ − 1 without cancellation near 0; ∞ above 88. */
export const exactExpm1 = withSlope(
  x => {
    const { fraction, power } = exponential(within(x))
    return choose(above(x, 88), Infinity, plus(times(fraction, power), minus(power, 1)))
  },
  (g, _, y) => times(g, plus(y, 1)),
)

/** Taylor's coefficients in x² of sin x/x and of cos x. */
const sine = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800]
const cosine = [1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800]

/** tan πx for |x| ≤ ½. */
export const exactTanPi = withSlope(
  x => {
    const size = abs(x)
    const isSteep = above(size, 0.25)
    const angle = times(choose(isSteep, minus(0.5, size), size), Math.PI)
    const square = times(angle, angle)
    const [opposite, adjacent] = [times(angle, polynomial(square, sine)), polynomial(square, cosine)]
    const tan = choose(isSteep, over(adjacent, opposite), over(opposite, adjacent))
    return choose(below(x, 0), times(tan, -1), tan)
  },
  (g, _, y) => times(g, plus(times(y, y), 1), Math.PI),
)

/** Taylor's coefficients in x² of arctan x/x. */
const arctangent = Array.from({ length: 10 }, (_, k) => (-1) ** k / (2 * k + 1))

/** The angle in [0, ½π] of two sides a, b ≥ 0 of a right triangle, of which b is adjacent and at most one 0: arctan(a/b). */
export const exactAngle = (opposite: Real, adjacent: Real): Real => {
  const isSteep = above(opposite, times(adjacent, 1 + Math.SQRT2))
  const isFlat = below(opposite, times(adjacent, Math.SQRT2 - 1))
  // tan(β − ¼π) = (a − b)/(a + b).
  const top = choose(isSteep, times(adjacent, -1), choose(isFlat, opposite, minus(opposite, adjacent)))
  const bottom = choose(isSteep, opposite, choose(isFlat, adjacent, plus(opposite, adjacent)))
  const z = over(top, bottom)
  const start = choose(isSteep, Math.PI / 2, choose(isFlat, 0, Math.PI / 4))
  return plus(start, times(z, polynomial(times(z, z), arctangent)))
}
