import { abs, clip, maximum, minimum, neg, reshape, sort, take, tensor, type Shape } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import type { Denoiser, Estimate, LevelTensors } from '../process/denoiser.js'
import { sizeOfExample } from './examples.js'
import { SamplingError } from './sampling-error.js'

/** The same z, made of another x. */
export const remade = <S extends Shape>(
  z: Real,
  { alpha, sigma }: LevelTensors,
  estimate: Estimate<S>,
  x: Real,
): Estimate<S> =>
  ({ ...estimate, x, epsilon: over(minus(z, times(alpha, x)), sigma) }) as unknown as Estimate<S>

/** x̂ held between −bound and bound (1 by default), and ε̂ what is left of z. */
export const staticThreshold =
  (bound = 1) =>
  <S extends Shape>(denoise: Denoiser<S>): Denoiser<S> =>
  (z, level) => {
    const estimate = denoise(z, level)
    return remade(z, level, estimate, clip(-bound, bound)(estimate.x))
  }

export interface DynamicThresholdOptions {
  /** The share of an example's elements that are left as they are; .995 by default. */
  readonly quantile?: number
}

const smaller: (bound: Real) => (x: Real) => Real = minimum
const larger: (bound: Real) => (x: Real) => Real = maximum

const within = (x: Real, bound: Real): Real => smaller(bound)(larger(neg(bound))(x))

/** [n, size] */
const flattened = (x: Real): Real => (reshape([x.shape[0], sizeOfExample(x.shape)]) as (x: Real) => Real)(x)

/** [n, 1] in a shape that broadcasts against a batch. */
const besideBatch = (x: Real, batch: Shape): Real =>
  (reshape(batch.map((n, axis) => (axis === 0 ? n : 1))) as (x: Real) => Real)(x)

/** The quantile of each row [n, size], between two elements where it lies between: [n, 1]. */
const quantileOfRows = (rows: Real, quantile: number): Real => {
  const size = rows.shape[1]
  const place = quantile * (size - 1)
  const below = Math.min(Math.floor(place), Math.max(0, size - 2))
  const sorted = sort(1)(rows)
  const pick = (i: number): Real => (take(tensor([i], [1], 'i32'), 1) as (x: Real) => Real)(sorted)
  const low = pick(below)
  return size === 1 ? low : plus(low, times(minus(pick(below + 1), low), place - below))
}

/**
 * Dynamic thresholding (Saharia et al. 2022, section 2.3): each example of a batch [n, …] is held within the quantile of its |x̂|, and divided by it,
 * where that is above 1; ε̂ is what is left of z. For data in [−1, 1].
 * @throws SamplingError unless 0 < quantile ≤ 1
 */
export const dynamicThreshold = ({ quantile = 0.995 }: DynamicThresholdOptions = {}) => {
  if (!(quantile > 0 && quantile <= 1))
    throw new SamplingError(`dynamicThreshold: the quantile is above 0 and at most 1, not ${quantile}`)
  return <S extends Shape>(denoise: Denoiser<S>): Denoiser<S> =>
    (z, level) => {
      const estimate = denoise(z, level)
      const x: Real = estimate.x
      const rows = flattened(abs(x))
      const bound = maximum(1)(besideBatch(quantileOfRows(rows, quantile), x.shape))
      return remade(z, level, estimate, over(within(x, bound), bound))
    }
}
