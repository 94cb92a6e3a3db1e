import { abs, expm1, log, log1p } from '@elbo/tensor'
import { below, both, choose, equal, minus, over, plus, polynomial, times, type Real } from '../arithmetic.js'

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
