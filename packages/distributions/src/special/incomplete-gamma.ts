import { exp, expandDims, expm1, lgamma, log, log1p, neg, sqrt } from '@elbo/tensor'
import { above, atMost, choose, larger, minus, over, plus, times, type Real } from '../arithmetic.js'
import { expm1Minus } from './cancellation.js'
import { invert } from './invert.js'
import { normalQuantile } from './normal.js'
import { logGammaTerm } from './stirling.js'
import { tailIntegral } from './tail-integral.js'

const column = (x: Real): Real => expandDims(-1)(x)

/** The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 − P(a, x), each with full relative accuracy. */
export interface IncompleteGamma {
  readonly lower: Real
  readonly upper: Real
  readonly logLower: Real
  readonly logUpper: Real
}

/**
 * P(a, x) = ∫₀ˣ tᵃ⁻¹e⁻ᵗ dt / Γ(a) and Q(a, x), for a > 0 and 0 < x < ∞ (DLMF 8.2.4). In y = ln t the integrand is log-concave and entire, so the
 * tail that does not hold the mode is its value at the end times a smooth integral:
 *
 *   P(a, x) = D·(1 + x ∫₀^∞ exp(−[(a + 1)t + x(e⁻ᵗ − 1)]) dt),  Q(a, x) = a·D ∫₀^∞ exp(−[x(eᵗ − 1) − at]) dt,  D = xᵃe⁻ˣ/Γ(a + 1).
 *
 * Gradients in a and x are those of these formulas.
 */
export const incompleteGamma = (a: Real, x: Real): IncompleteGamma => {
  const isLower = atMost(x, plus(a, 1))
  const logTerm = logGammaTerm(a, x)

  const [a1, x1] = [column(plus(a, 1)), column(choose(isLower, x, a))]
  const lowerTail = tailIntegral({
    at: t => plus(times(minus(a1, x1), t), times(x1, expm1Minus(neg(t)))),
    slope: t => plus(minus(a1, x1), times(x1, neg(expm1(neg(t))))),
    curvature: x1,
  })
  const [a2, x2] = [column(a), column(choose(isLower, plus(a, 1), x))]
  const upperTail = tailIntegral({
    at: t => plus(times(minus(x2, a2), t), times(x2, expm1Minus(t))),
    slope: t => plus(minus(x2, a2), times(x2, expm1(t))),
    curvature: x2,
  })
  const logLower = plus(logTerm, log1p(times(choose(isLower, x, a), lowerTail)))
  const logUpper = plus(logTerm, log(times(a, upperTail)))
  const [lower, upper] = [exp(logLower), exp(logUpper)]
  return {
    lower: choose(isLower, lower, minus(1, upper)),
    upper: choose(isLower, minus(1, lower), upper),
    logLower: choose(isLower, logLower, log1p(neg(choose(isLower, 0, upper)))),
    logUpper: choose(isLower, log1p(neg(choose(isLower, lower, 0))), logUpper),
  }
}

/** Wilson and Hilferty's cube (1931) for P(a, x) = `lower`, in ln x, or lower = xᵃ/Γ(a + 1) where that is negative; z is the normal quantile. */
const firstGuess = (a: Real, z: Real, lower: Real): Real => {
  const spread = over(1, times(a, 9))
  const root = plus(minus(1, spread), times(z, sqrt(spread)))
  const isCube = above(root, 0.3)
  const cube = times(3, log(choose(isCube, root, 1)))
  // ln Γ(a + 1) and the power of a small x.
  const power = over(plus(log(lower), lgamma(plus(a, 1))), a)
  return choose(isCube, plus(log(a), cube), power)
}

/** At x = eʸ. Below the least normal number ln P goes on as a straight line, and the quantile rounds to 0. */
const atLog = (a: Real, y: Real) => {
  const x = larger(exp(y), 2 ** -126)
  // x·density, relative to what is integrated: the slope in ln x.
  return { ...incompleteGamma(a, x), logDensity: plus(log(a), logGammaTerm(a, x)) }
}

/**
 * x with P(a, x) = p, for a > 0 and 0 < p < 1: Newton's iteration in ln x on ln P where p ≤ ½, on ln Q beyond. Both are concave in ln x, so
 * it converges from anywhere. Without a gradient: see `quantile`.
 */
export const inverseIncompleteGamma = (a: Real, p: Real): Real =>
  exp(invert({ start: firstGuess(a, normalQuantile(p), p), probability: p, at: y => atLog(a, y) }))

/** x with Q(a, x) = p: the same in −ln x. Of a small p more is known than of 1 − p. */
export const inverseUpperIncompleteGamma = (a: Real, p: Real): Real =>
  exp(
    neg(
      invert({
        start: neg(firstGuess(a, neg(normalQuantile(p)), minus(1, p))),
        probability: p,
        at: y => {
          const { logLower, logUpper, logDensity } = atLog(a, neg(y))
          return { logLower: logUpper, logUpper: logLower, logDensity }
        },
      }),
    ),
  )
