import { grad, square, sum, type Shape, type Tensor } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import type { Denoiser, LevelTensors } from '../process/denoiser.js'

const total = sum() as (x: Real) => Tensor<[]>

/** ln P(y | z) of noisy data, one number for each example: [n]. */
export type LogProbability<S extends Shape> = (z: Tensor<S>, level: LevelTensors) => Tensor<readonly [number]>

/**
 * Classifier guidance (Dhariwal and Nichol 2021, algorithm 2), for any family: with g = ∇_z ln P(y | z),
 *
 *   ε̂ − scale σ g,   x̂ + scale σ²/α g
 *
 * so that at scale 1 an exact classifier and an exact unconditional denoiser make the exact conditional one. Where α = 0, g is 0 and x̂ is left to
 * the limit, which is not computed: paths for it keep some signal.
 */
export const classifierGuided =
  <S extends Shape>(logProbability: LogProbability<S>, scale = 1) =>
  (denoise: Denoiser<S>): Denoiser<S> =>
  (z, level) => {
    const estimate = denoise(z, level)
    const slope: Real = grad((at: Tensor<S>): Tensor<[]> => total(logProbability(at, level)))(z)
    const { alpha, sigma } = level
    return {
      ...estimate,
      x: plus(estimate.x, times(slope, over(times(square(sigma), scale), alpha))),
      epsilon: minus(estimate.epsilon, times(slope, times(sigma, scale))),
    } as unknown as typeof estimate
  }
