import { lgamma, log } from '@elbo/tensor'
import {
  above,
  both,
  choose,
  equal,
  minus,
  over,
  plus,
  times,
  type Operand,
  type Real,
} from '../arithmetic.js'
import { deviance, halfLogTwoPi, log1pMinus, logMinusDigamma, stirlingError } from '../special/index.js'

/** The pieces of which divergences consist. Each is ≥ 0 and 0 where its arguments agree, without cancellation of large terms. */

/** ½(r² − 1) − ln r of r = p/q > 0: two normal distributions of one mean whose scales are p and q. */
export const ofScales = (p: Real, q: Real): Real => {
  const u = over(minus(p, q), q)
  return plus(times(u, u, 0.5), over(deviance(q, p), q))
}

/** p·ln(p/q) − p + q for p, q ≥ 0: two Poisson distributions, or two shares whose sums agree. */
export const ofShares = (p: Real, q: Real): Real => {
  const areInner = both(above(p, 0), above(q, 0))
  const inner = deviance(choose(areInner, p, 1), choose(areInner, q, 1))
  return choose(areInner, inner, choose(equal(p, 0), q, Infinity))
}

/**
 * Bregman's divergence of ln Γ, ln Γ(q) − ln Γ(p) − (q − p)ψ(p), less `deviance(q, p)`: by Stirling's series, so that what is left for large
 * p and q is of the size of the result.
 */
export const ofShapes = (p: Real, q: Real): Real =>
  plus(
    over(deviance(p, q), times(p, 2)),
    minus(stirlingError(q), stirlingError(p)),
    times(minus(q, p), minus(logMinusDigamma(p), over(0.5, p))),
  )

/** −∫ p ln q for a normal q, from the moments of p. */
export const againstNormal = (
  { mean, variance }: { readonly mean: Real; readonly variance: Real },
  { loc, scale }: { readonly loc: Real; readonly scale: Real },
): Real => {
  const z = over(minus(mean, loc), scale)
  return plus(log(scale), halfLogTwoPi, times(plus(over(variance, times(scale, scale)), times(z, z)), 0.5))
}

/** E[ln x] of a uniform x on [low, low + width], low ≥ 0: ln high + (ln(1 + t) − t)/t with t = width/low. */
export const meanLog = (low: Operand, width: Real): Real => {
  const start = plus(low, times(width, 0))
  const isPositive = above(start, 0)
  const t = over(width, choose(isPositive, start, 1))
  return plus(log(plus(start, width)), choose(isPositive, over(log1pMinus(t), t), -1))
}

/** −E[ln q] for a gamma q, of E[x] and E[ln x]. */
export const againstGamma = (
  { concentration, rate }: { readonly concentration: Real; readonly rate: Real },
  mean: Real,
  ofLog: Real,
): Real =>
  minus(
    plus(lgamma(concentration), times(rate, mean)),
    times(concentration, log(rate)),
    times(minus(concentration, 1), ofLog),
  )
