import { exp, neg, sqrt, stopGradient } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import { integralTo } from './quadrature.js'

/** e⁻²⁰ of what the integrand begins with is left out. */
const depth = 20

/** A convex function h with h(0) = 0 and h′ ≥ 0. Its parameters have a last axis of length 1, along which t may vary. */
export interface Exponent {
  readonly at: (t: Real) => Real
  readonly slope: (t: Real) => Real
  /** h″(0), for a first guess. */
  readonly curvature: Real
}

/**
 * ∫₀^∞ e^(−h(t)) dt for a smooth convex h that rises from h(0) = 0: the mass of a log-concave density beyond a point on the far side of its
 * mode, relative to the density there. Gauss's rule with 32 nodes up to where h = 20, which Newton's iteration finds.
 */
export const tailIntegral = ({ at, slope, curvature }: Exponent): Real => {
  const first = slope(times(curvature, 0))
  // On a convex function Newton's iteration comes from the right after its first step, and stays there.
  let end = over(2 * depth, plus(first, sqrt(plus(times(first, first), times(2 * depth, curvature)))))
  for (let step = 0; step < 5; step++) end = minus(end, over(minus(at(end), depth), slope(end)))
  return integralTo(stopGradient(end), t => exp(neg(at(t))))
}
