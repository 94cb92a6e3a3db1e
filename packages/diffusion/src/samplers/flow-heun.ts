import { rectifiedPath, stretches } from '../sampling/path.js'
import { sampler, type Sampler } from '../sampling/sampler.js'
import { weighted } from '../sampling/weighted.js'

/**
 * Heun's method along a rectified flow: as `flowEuler`, then again with the mean of the velocities at both ends. The last stretch, at whose end
 * the denoiser is not asked, is Euler's. For the family where α + σ = 1 alone; paths may start at α = 0.
 */
export const flowHeun = (): Sampler =>
  sampler({
    name: 'flow-heun',
    order: 2,
    stochastic: false,
    evaluations: 2,
    remembers: 0,
    coefficients: path =>
      stretches(rectifiedPath('flowHeun', path)).map(({ from, to }) => {
        const [length, last] = [to.sigma - from.sigma, to.sigma === 0]
        return {
          level: from,
          // Where the second velocity does not count, it is asked for where there is one.
          second: last ? from : to,
          whole: length,
          first: last ? length : length / 2,
          other: last ? 0 : length / 2,
        }
      }),
    step:
      (denoise, row) =>
      ({ z }) => {
        const slope = (at: typeof z, level: typeof row.level): typeof z => {
          const { x, epsilon } = denoise(at, level)
          return weighted([1, epsilon], [-1, x])
        }
        const velocity = slope(z, row.level)
        const ahead = slope(weighted([1, z], [row.whole, velocity]), row.second)
        return { z: weighted([1, z], [row.first, velocity], [row.other, ahead]), history: [] }
      },
  })
