import { posterior } from '../process/kernel.js'
import { fallingPath, stretches } from '../sampling/path.js'
import { sampler, type Sampler } from '../sampling/sampler.js'
import { weighted } from '../sampling/weighted.js'
import { SamplingError } from '../sampling/sampling-error.js'

export interface DdimOptions {
  /** The noise that steps add, as a share of the ancestral sampler's: 0 (the default), which is deterministic, to 1. */
  readonly eta?: number
}

/**
 * Denoising diffusion implicit models (Song et al. 2021, eq. 12), for any family:
 *
 *   z_s = α_s x̂ + √(σ_s² − ς²) ε̂ + ς n,   ς² = η² · variance of q(z_s | z_t, x)
 *
 * η = 1 is the ancestral sampler with small variances. Paths may start at α = 0.
 * @throws SamplingError unless 0 ≤ η ≤ 1
 */
export const ddim = ({ eta = 0 }: DdimOptions = {}): Sampler => {
  if (!(eta >= 0 && eta <= 1)) throw new SamplingError(`ddim: eta is from 0 to 1, not ${eta}`)
  return sampler({
    name: 'ddim',
    order: 1,
    stochastic: eta > 0,
    evaluations: 1,
    remembers: 0,
    coefficients: path =>
      stretches(fallingPath('ddim', path)).map(({ from, to }) => {
        const variance = eta ** 2 * posterior(to, from).variance
        return {
          level: from,
          x: to.alpha,
          epsilon: Math.sqrt(to.sigma ** 2 - variance),
          noise: Math.sqrt(variance),
        }
      }),
    step:
      (denoise, row, noise) =>
      ({ z }) => {
        const { x, epsilon } = denoise(z, row.level)
        return { z: weighted([row.x, x], [row.epsilon, epsilon], [row.noise, noise]), history: [] }
      },
  })
}
