import { abs, erfinv, exp, expandDims, log, mul, square } from '@elbo/tensor'
import { above, choose, minus, over, plus, times, type Real } from '../arithmetic.js'
import { tailIntegral } from './tail-integral.js'
import { halfLogTwoPi } from './stirling.js'

/** ln P(Z > x) for x ≥ 0, Z ~ Norm[0, 1]: the density at x times ∫₀^∞ exp(−xt − t²/2) dt. */
const logUpperTail = (x: Real): Real => {
  const from = expandDims(-1)(x) as Real
  const ratio = tailIntegral({
    at: t => times(t, plus(from, times(t, 0.5))),
    slope: t => plus(from, t),
    curvature: plus(times(from, 0), 1),
  })
  return plus(log(ratio), times(square(x), -0.5), -halfLogTwoPi)
}

/** ln Φ(x), accurate in both tails. */
export const logNormalCdf = (x: Real): Real => {
  const tail = logUpperTail(abs(x))
  const isUpper = above(x, 0)
  return choose(isUpper, log1pNegative(exp(choose(isUpper, tail, -1))), tail)
}

const log1pNegative = (x: Real): Real => log(minus(1, x))

/** Φ(x) = P(Z ≤ x), with full relative accuracy in the lower tail. */
export const normalCdf = (x: Real): Real => {
  const tail = exp(logUpperTail(abs(x)))
  return choose(above(x, 0), minus(1, tail), tail)
}

/** Φ⁻¹(p) = √2·erfinv(2p − 1) for p near ½; in the tails, √2·erfinv loses what 2p − 1 rounds off, and Newton's step on ln Φ wins it back. */
export const normalQuantile = (p: Real): Real => {
  const tail = choose(above(p, 0.5), minus(1, p), p)
  // ≤ 0: the quantile of the tail.
  let x: Real = mul(Math.SQRT2)(erfinv(larger2(tail)))
  for (let step = 0; step < 3; step++) {
    const logTail = logUpperTail(times(x, -1))
    // (ln Φ)′ = φ/Φ.
    const slope = exp(minus(times(square(x), -0.5), halfLogTwoPi, logTail))
    x = plus(x, over(minus(log(tail), logTail), slope))
    x = choose(above(x, 0), 0, x)
  }
  return choose(above(p, 0.5), times(x, -1), x)
}

/** 2p − 1 for p ≤ ½, off −1 by no less than f32 tells. */
const larger2 = (tail: Real): Real => {
  const signed = minus(times(tail, 2), 1)
  return choose(above(signed, -0.9999999), signed, -0.9999999)
}
