import { constant, ndarray } from '@elbo/tensor'
import { sumLast, times, type Real } from '../arithmetic.js'

/** Gauss's rule on [0, 1] with n nodes: the zeros of Legendre's polynomial by Newton's iteration, in doubles. */
const gauss = (n: number): { readonly nodes: readonly number[]; readonly weights: readonly number[] } => {
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

/** ∫₀ˡ f(t) dt by Gauss's rule: f is asked at 32 places along the last axis of `length`, which is 1 and goes. */
export const integralTo = (length: Real, f: (t: Real) => Real): Real =>
  sumLast(times(f(times(length, constant(nodes))), constant(weights), length), 1)
