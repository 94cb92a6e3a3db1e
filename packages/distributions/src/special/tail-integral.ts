import { constant, exp, ndarray, neg, sqrt, stopGradient, sum } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'

/** Gauss's rule on [0, 1] with n nodes: the zeros of Legendre's polynomial by Newton's iteration, in doubles. */
export const gauss = (
  n: number,
): { readonly nodes: readonly number[]; readonly weights: readonly number[] } => {
  const points = Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5))
    let slope = 1
    for (let step = 0; step < 8; step++) {
      let [before, p] = [1, x]
      for (let k = 2; k <= n; k++) [before, p] = [p, ((2 * k - 1) * x * p - (k - 1) * before) / k]
      slope = (n * (x * p - before)) / (x * x - 1)
      x -= p / slope
    }
    return { node: (1 + x) / 2, weight: 1 / ((1 - x * x) * slope * slope) }
  })
  return { nodes: points.map(({ node }) => node), weights: points.map(({ weight }) => weight) }
}

const rule = gauss(32)
const nodes = ndarray(rule.nodes, [32])
const weights = ndarray(rule.weights, [32])

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
  const length = stopGradient(end)
  const t = times(length, constant(nodes))
  const values = times(exp(neg(at(t))), constant(weights), length)
  return (sum(-1) as (x: Real) => Real)(values)
}
