import {
  expandDims,
  mean,
  neg,
  normal,
  sampleVariance,
  split,
  sqrt,
  type Draw,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { over, plus, times, type Real } from '../arithmetic.js'
import type { Estimate, LevelTensors } from '../process/denoiser.js'

/** Points [n, d], one a row. */
export type Rows = Tensor<readonly [number, number]>

/** One number for each row. */
export type PerRow = Tensor<readonly [number]>

/** A level for all rows, or one for each: [] or [n, 1]. */
export type RowLevel = LevelTensors<Shape>

/**
 * Data whose density is known, and with it the density of z = α x + σ ε at every level: what the best denoiser says, so that the error of any other is
 * an exact number.
 */
export interface ExactData {
  /** So many points, as a function of a key. */
  readonly sample: (count: number) => Draw<Rows>
  /** E[x | z] and E[ε | z]: no denoiser has a smaller mean square error. */
  readonly denoiser: (z: Rows, level: RowLevel) => Estimate<readonly [number, number]>
  /** ln q(z) of the level, in nats. */
  readonly logDensity: (z: Rows, level: RowLevel) => PerRow
}

/** ∇ ln q(z) at a level with noise: −E[ε | z]/σ (Vincent 2011, by way of Robbins 1956). */
export const scoreOf =
  ({ denoiser }: ExactData) =>
  (z: Rows, level: RowLevel): Rows =>
    neg(over(denoiser(z, level).epsilon as Real, level.sigma)) as unknown as Rows

/** α or σ of a level beside numbers [n, K, d]: [] stays, [n, 1] becomes [n, 1, 1]. */
export const perComponent = (part: Real): Real => (part.shape.length === 0 ? part : expandDims(-1)(part))

/** So many z of a level: α x + σ ε. */
export const noisySample =
  ({ sample }: ExactData, count: number) =>
  (level: RowLevel): Draw<Rows> =>
  key => {
    const [forX, forNoise] = split(key, 2) as readonly [Key, Key]
    const x: Real = sample(count)(forX)
    const epsilon: Real = normal(x.shape)(forNoise)
    return plus(times(x, level.alpha), times(epsilon, level.sigma)) as unknown as Rows
  }

/** A mean over draws, and its standard error. */
export interface Estimated {
  readonly mean: Tensor<[]>
  readonly error: Tensor<[]>
}

/** The entropy of z at a level, in nats: the mean of −ln q(z) over so many draws. */
export const entropyEstimate =
  (data: ExactData, count: number) =>
  (level: RowLevel): Draw<Estimated> =>
  key => {
    const values: PerRow = neg(data.logDensity(noisySample(data, count)(level)(key), level))
    return {
      mean: mean()(values),
      error: sqrt(over(sampleVariance()(values), count)) as unknown as Tensor<[]>,
    }
  }
