import { exp, expandDims, expm1, log, log1p, neg } from '@elbo/tensor'
import { atMost, choose, larger, minus, over, plus, times, type Real } from '../arithmetic.js'
import { expm1Minus, log1pMinus } from './cancellation.js'
import { invert } from './invert.js'
import { stirlingError, halfLogTwoPi, deviance } from './stirling.js'
import { tailIntegral } from './tail-integral.js'

/** I_x(a, b) and 1 − I_x(a, b) = I_(1−x)(b, a), each with full relative accuracy. */
export interface IncompleteBeta {
  readonly lower: Real
  readonly upper: Real
  readonly logLower: Real
  readonly logUpper: Real
}

/** x and 1 − x, both exact as far as they are known: near 1 the second says more. */
export interface Portion {
  readonly x: Real
  readonly rest: Real
}

/** ln[xᵃ(1 − x)ᵇ/B(a, b)] for a, b > 0 and 0 < x < 1 (Loader 2000). */
export const logBetaTerm = (a: Real, b: Real, { x, rest }: Portion): Real => {
  const n = plus(a, b)
  return plus(
    minus(stirlingError(n), stirlingError(a), stirlingError(b), halfLogTwoPi),
    times(0.5, log(times(over(a, n), b))),
    times(-1, deviance(a, times(n, x))),
    times(-1, deviance(b, times(n, rest))),
  )
}

const column = (x: Real): Real => expandDims(-1)(x)

/** K(t) = ln(x + (1 − x)eᵗ) − (1 − x)t ≥ 0, by the one of two forms that does not cancel. */
const cumulants = ({ x, rest }: Portion, t: Real): Real => {
  const isLess = atMost(x, 0.5)
  const share = choose(isLess, x, rest)
  const signed = choose(isLess, neg(t), t)
  const z = times(share, expm1(signed))
  return plus(log1pMinus(z), times(share, expm1Minus(signed)))
}

/** The part of the mass below x, on the near side of the mode: 1 + a′∫ of the shifted density. */
const lowerPart = (a: Real, b: Real, { x, rest }: Portion): Real => {
  // One more a moves the mode off the end: I_x(a, b) = xᵃ(1 − x)ᵇ/(a·B(a, b)) + I_x(a + 1, b).
  const [a1, b1] = [column(plus(a, 1)), column(b)]
  const portion = { x: column(x), rest: column(rest) }
  const drift = minus(times(a1, portion.rest), times(b1, portion.x))
  const total = plus(a1, b1)
  const integral = tailIntegral({
    at: t => plus(times(drift, t), times(total, cumulants(portion, t))),
    slope: t => {
      const u = over(portion.x, plus(portion.x, times(portion.rest, exp(t))))
      return minus(times(a1, minus(1, u)), times(b1, u))
    },
    curvature: times(total, portion.x, portion.rest),
  })
  // xᵃ⁺¹(1 − x)ᵇ/B(a + 1, b) = xᵃ(1 − x)ᵇ/B(a, b) · x(a + b)/a.
  return over(plus(1, times(plus(a, b), x, integral)), a)
}

/**
 * I_x(a, b) = ∫₀ˣ tᵃ⁻¹(1 − t)ᵇ⁻¹ dt / B(a, b) for a, b > 0 and 0 < x < 1 (DLMF 8.17.1). In ln(t/(1 − t)) the integrand is log-concave: as for
 * `incompleteGamma`, the tail that does not hold the mode is its value at the end times a smooth integral. Gradients are those of this formula.
 */
export const incompleteBeta = (a: Real, b: Real, { x, rest }: Portion): IncompleteBeta => {
  const logTerm = logBetaTerm(a, b, { x, rest })
  const middle = over(plus(a, 1), plus(a, b, 2))
  const isLower = atMost(x, middle)
  // The other branch is given the middle, where it is as tame.
  const complement = over(plus(b, 1), plus(a, b, 2))
  const logLower = plus(
    logTerm,
    log(lowerPart(a, b, { x: choose(isLower, x, middle), rest: choose(isLower, rest, complement) })),
  )
  const logUpper = plus(
    logTerm,
    log(lowerPart(b, a, { x: choose(isLower, complement, rest), rest: choose(isLower, middle, x) })),
  )
  const [lower, upper] = [exp(logLower), exp(logUpper)]
  return {
    lower: choose(isLower, lower, minus(1, upper)),
    upper: choose(isLower, minus(1, lower), upper),
    logLower: choose(isLower, logLower, log1p(neg(choose(isLower, 0, upper)))),
    logUpper: choose(isLower, log1p(neg(choose(isLower, lower, 0))), logUpper),
  }
}

/** The portion at ln(x/(1 − x)) = y. */
export const portionAt = (y: Real): Portion => {
  const e = exp(times(-1, absolute(y)))
  const [small, large] = [over(e, plus(e, 1)), over(1, plus(e, 1))]
  const isNegative = atMost(y, 0)
  return { x: choose(isNegative, small, large), rest: choose(isNegative, large, small) }
}

const absolute = (y: Real): Real => choose(atMost(y, 0), neg(y), y)

/** x with I_x(a, b) = p, for a, b > 0 and 0 < p < 1, by `invert` in ln(x/(1 − x)), from `start` on. Without a gradient: see
 * `quantile`. */
export const inverseIncompleteBeta = (a: Real, b: Real, p: Real, start: Real = log(over(a, b))): Portion =>
  portionAt(
    invert({
      start,
      probability: p,
      at: y => {
        const { x, rest } = portionAt(y)
        // Below the least normal number ln I goes on as a straight line, and the quantile rounds to 0.
        const portion = { x: larger(x, 2 ** -126), rest: larger(rest, 2 ** -126) }
        return { ...incompleteBeta(a, b, portion), logDensity: logBetaTerm(a, b, portion) }
      },
    }),
  )
