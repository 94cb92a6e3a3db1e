import { abs, customGradient, exp, expm1, log, log1p, neg } from '@elbo/tensor'
import {
  above,
  below,
  both,
  choose,
  either,
  equal,
  minus,
  over,
  plus,
  polynomial,
  times,
  together,
  type Real,
} from '../arithmetic.js'

/** Differences of nearly equal numbers, without their cancellation. */

/** ln(1 + z) − z for z > −1: −z·r + 2r³(1/3 + r²/5 + …) with r = z/(2 + z), of 2·artanh r = ln(1 + z), where |z| < 0.6. */
export const log1pMinus = (z: Real): Real => {
  const isSmall = below(abs(z), 0.6)
  const small = choose(isSmall, z, 0)
  const r = over(small, plus(small, 2))
  const r2 = times(r, r)
  const series = polynomial(
    r2,
    [3, 5, 7, 9, 11, 13, 15, 17].map(k => 2 / k),
  )
  return choose(isSmall, minus(times(r, r2, series), times(small, r)), minus(log1p(choose(isSmall, 1, z)), z))
}

/** eᵗ − 1 − t: its Taylor series where |t| < 1. */
export const expm1Minus = (t: Real): Real => {
  const isSmall = below(abs(t), 1)
  const small = choose(isSmall, t, 0)
  const factorials = [2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800]
  return choose(
    isSmall,
    times(
      small,
      small,
      polynomial(
        small,
        factorials.map(n => 1 / n),
      ),
    ),
    minus(expm1(choose(isSmall, 1, t)), t),
  )
}

/** x·ln y, 0 where both are 0. */
export const xLogY = (x: Real, y: Real): Real => times(x, log(choose(both(equal(x, 0), equal(y, 0)), 1, y)))

/** ln x, −∞ at 0 with slope 0. */
export const logOf = (x: Real): Real => {
  const isZero = equal(x, 0)
  return choose(isZero, -Infinity, log(choose(isZero, 1, x)))
}

/** ln(1 − eᵗ) for t ≤ 0. */
export const log1mExp = (t: Real): Real => {
  const isNear = above(t, -Math.LN2)
  return choose(
    isNear,
    log(neg(expm1(choose(isNear, t, -Math.LN2)))),
    log1p(neg(exp(choose(isNear, -Math.LN2, t)))),
  )
}

/** ln(1 + x²), also where x² is past the largest number. */
export const log1pSquare = (x: Real): Real => {
  const isLarge = above(abs(x), 1e9)
  const small = choose(isLarge, 1, x)
  return choose(isLarge, times(2, log(abs(choose(isLarge, x, 1)))), log1p(times(small, small)))
}

/** ln(1 + ax)/a, which is x at a = 0; its slopes by `log1pMinus`. For 1 + ax ≥ 0. */
export const log1pOver = (a: Real, x: Real): Real =>
  customGradient(
    (at: { readonly a: Real; readonly x: Real }) => {
      const isZero = equal(at.a, 0)
      return choose(isZero, at.x, over(log1p(times(at.a, at.x)), choose(isZero, 1, at.a)))
    },
    (g: Real, at) => {
      const w = times(at.a, at.x)
      const slope = over(1, plus(1, w))
      const [isTiny, isLarge] = [below(abs(w), 1e-6), above(w, 1)]
      const [safe, large] = [choose(either(isTiny, isLarge), 0.5, w), choose(isLarge, w, 1)]
      // [w/(1 + w) − ln(1 + w)]/w²; where w is small, both are w, and where it is large, ln(1 + w) − w is w.
      const near = minus(choose(isTiny, 0.5, over(log1pMinus(safe), times(safe, safe, -1))), slope)
      const share = choose(
        isLarge,
        over(minus(over(large, plus(1, large)), log1p(large)), large, large),
        near,
      )
      return { a: times(g, at.x, at.x, share), x: times(g, slope) }
    },
  )(together({ a, x }))

/** (eᵃˣ − 1)/a, which is x at a = 0: the inverse of `log1pOver`. `minusOne` is the eˣ − 1 that makes its value. */
export const expm1Over = (a: Real, x: Real, minusOne: (x: Real) => Real = expm1): Real =>
  customGradient(
    (at: { readonly a: Real; readonly x: Real }) => {
      const isZero = equal(at.a, 0)
      return choose(isZero, at.x, over(minusOne(times(at.a, at.x)), choose(isZero, 1, at.a)))
    },
    (g: Real, at) => {
      const w = times(at.a, at.x)
      const isTiny = below(abs(w), 1e-6)
      const safe = choose(isTiny, 1, w)
      // [w·eʷ − (eʷ − 1)]/w².
      const share = choose(
        isTiny,
        0.5,
        minus(over(expm1(safe), safe), over(expm1Minus(safe), times(safe, safe))),
      )
      return { a: times(g, at.x, at.x, share), x: times(g, exp(w)) }
    },
  )(together({ a, x }))
