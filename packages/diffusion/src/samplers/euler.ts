import { noiseRatio, stretches, withSignal } from '../sampling/path.js'
import { sampler, type Sampler } from '../sampling/sampler.js'
import { weighted } from '../sampling/weighted.js'

/**
 * Euler's method for the probability-flow equation in the noise of z/α (Karras et al. 2022, eq. 4, algorithm 2 without its second half):
 *
 *   d(z/α) / d(σ/α) = ε̂
 *
 * for any family. It takes the steps of `ddim` with η = 0, but has no meaning where α = 0.
 */
export const euler = (): Sampler =>
  sampler({
    name: 'euler',
    order: 1,
    stochastic: false,
    evaluations: 1,
    remembers: 0,
    coefficients: path =>
      stretches(withSignal('euler', path)).map(({ from, to }) => ({
        level: from,
        z: to.alpha / from.alpha,
        epsilon: to.alpha * (noiseRatio(to) - noiseRatio(from)),
      })),
    step:
      (denoise, row) =>
      ({ z }) => ({
        z: weighted([row.z, z], [row.epsilon, denoise(z, row.level).epsilon]),
        history: [],
      }),
  })
