import { rectifiedPath, stretches } from '../sampling/path.js'
import { sampler, type Sampler } from '../sampling/sampler.js'
import { weighted } from '../sampling/weighted.js'

/**
 * Euler's method along a rectified flow (Liu et al. 2023; Lipman et al. 2023): z' = z + (σ_s − σ_t) v̂, with the velocity dz/dσ = v̂ = ε̂ − x̂.
 * For the family where α + σ = 1 alone; paths may start at α = 0.
 */
export const flowEuler = (): Sampler =>
  sampler({
    name: 'flow-euler',
    order: 1,
    stochastic: false,
    evaluations: 1,
    remembers: 0,
    coefficients: path =>
      stretches(rectifiedPath('flowEuler', path)).map(({ from, to }) => ({
        level: from,
        epsilon: to.sigma - from.sigma,
        x: from.sigma - to.sigma,
      })),
    step:
      (denoise, row) =>
      ({ z }) => {
        const { x, epsilon } = denoise(z, row.level)
        return { z: weighted([1, z], [row.epsilon, epsilon], [row.x, x]), history: [] }
      },
  })
