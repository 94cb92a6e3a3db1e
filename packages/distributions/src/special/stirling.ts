import { abs, digamma, lgamma, log, log1p, square } from '@elbo/tensor'
import { atLeast, below, choose, minus, over, plus, polynomial, times, type Real } from '../arithmetic.js'
import { log1pMinus } from './cancellation.js'

export const halfLogTwoPi = 0.9189385332046727

/**
 * ln Γ(x + 1) − [(x + ½) ln x − x + ½ ln 2π], Stirling's error for x > 0: the series of DLMF 5.11.1 from 4 on. Large terms of a density
 * cancel in it on paper, so that they need not in single precision (Loader 2000, Fast and Accurate Computation of Binomial Probabilities).
 */
export const stirlingError = (x: Real): Real => {
  const isLarge = atLeast(x, 4)
  const [large, small] = [choose(isLarge, x, 4), choose(isLarge, 1, x)]
  return choose(
    isLarge,
    over(polynomial(over(1, square(large)), [1 / 12, -1 / 360, 1 / 1260, -1 / 1680]), large),
    plus(lgamma(plus(small, 1)), small, times(plus(small, 0.5), log(small), -1), -halfLogTwoPi),
  )
}

/** x − a − a·ln(x/a) ≥ 0 for a, x > 0: how far x is from a in units of the exponent (Loader's deviance with its arguments swapped). */
export const deviance = (a: Real, x: Real, logarithm: (x: Real) => Real = log): Real => {
  const ratio = over(minus(x, a), a)
  const isNear = below(abs(ratio), 0.6)
  return times(
    a,
    choose(
      isNear,
      times(log1pMinus(choose(isNear, ratio, 0)), -1),
      minus(ratio, logarithm(over(choose(isNear, a, x), a))),
    ),
  )
}

/** ln[xᵃ e⁻ˣ / Γ(a + 1)] for a, x > 0. */
export const logGammaTerm = (a: Real, x: Real): Real =>
  minus(times(log(a), -0.5), halfLogTwoPi, stirlingError(a), deviance(a, x))

/** ln B(a, b) = ln Γ(a)Γ(b)/Γ(a + b) for a, b > 0, by Stirling's errors. */
export const logBeta = (a: Real, b: Real): Real => {
  const total = plus(a, b)
  return plus(
    minus(plus(stirlingError(a), stirlingError(b)), stirlingError(total)),
    halfLogTwoPi,
    times(log(over(total, times(a, b))), 0.5),
    // ln(a/(a + b)), of which a quotient near 1 would leave little.
    times(a, log1p(over(b, a)), -1),
    times(b, log1p(over(a, b)), -1),
  )
}

/** ln x − ψ(x) for x > 0: the series of DLMF 5.11.2 from 8 on. */
export const logMinusDigamma = (x: Real): Real => {
  const isLarge = atLeast(x, 8)
  const [large, small] = [choose(isLarge, x, 8), choose(isLarge, 1, x)]
  const z = over(1, square(large))
  return choose(
    isLarge,
    plus(over(0.5, large), times(z, polynomial(z, [1 / 12, -1 / 120, 1 / 252, -1 / 240]))),
    minus(log(small), digamma(small)),
  )
}
