import {
  add,
  concat,
  constant,
  log,
  ndarray,
  slice,
  softmax,
  square,
  sum,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import type { Denoiser } from '../process/denoiser.js'

/** Data whose best denoiser is a formula: a mixture of round normal densities. */
export interface Mixture {
  readonly weights: readonly number[]
  readonly means: readonly (readonly number[])[]
  readonly deviations: readonly number[]
}

/** Numbers that keep their double precision where programs are interpreted in it: each is a sum of two singles. */
export const doubled = <const S extends Shape>(values: readonly number[], shape: S): Tensor<[...S]> => {
  const high = constant(ndarray(values, shape))
  const low = constant(
    ndarray(
      values.map(value => (Number.isFinite(value) ? value - Math.fround(value) : 0)),
      shape,
    ),
  )
  return (add(low) as (x: Real) => Real)(high) as unknown as Tensor<[...S]>
}

/** `lift` of `tableOf`, in double precision. */
export const lifted = (values: readonly number[]): Tensor<[number]> => doubled(values, [values.length])

const overLast = (x: Real): Real => (sum(1, { keepDims: true }) as (x: Real) => Real)(x)
const joined = (columns: readonly Real[]): Real => (concat(1) as (columns: readonly Real[]) => Real)(columns)
const column = (x: Real, k: number): Real => (slice(null, [k, k + 1]) as (x: Real) => Real)(x)

/**
 * The exact denoiser of z [n, d]. With v = α² s² + σ² of each part, and its share r of the density at z,
 * x̂ = Σ r (μ + α s²/v (z − α μ)), ε̂ = Σ r σ/v (z − α μ).
 */
export const denoiserOf = ({ weights, means, deviations }: Mixture): Denoiser<Shape> => {
  const size = means[0].length
  return (z, level) => {
    const [alpha, sigma]: readonly Real[] = [level.alpha, level.sigma]
    const parts = means.map((mean, k) => {
      const mu: Real = doubled(mean, [1, size])
      const spread = deviations[k] ** 2
      const variance = plus(times(square(alpha), doubled([spread], [])), square(sigma))
      const off = minus(z, times(mu, alpha))
      const logs = plus(
        times(over(overLast(square(off)), variance), -0.5),
        times(log(variance), -size / 2),
        doubled([Math.log(weights[k])], []),
      )
      return {
        logs,
        x: plus(mu, times(off, over(times(alpha, doubled([spread], [])), variance))),
        epsilon: times(off, over(sigma, variance)),
      }
    })
    if (parts.length === 1) return parts[0]
    const shares = (softmax(1) as (x: Real) => Real)(joined(parts.map(part => part.logs)))
    const mixed = (of: 'x' | 'epsilon'): Real =>
      parts.map((part, k) => times(part[of], column(shares, k))).reduce((a, b) => plus(a, b))
    return { x: mixed('x'), epsilon: mixed('epsilon') }
  }
}
