import { noiseRatio, stretches, withSignal } from '../sampling/path.js'
import { sampler, type Sampler } from '../sampling/sampler.js'
import { weighted } from '../sampling/weighted.js'
import { SamplingError } from '../sampling/sampling-error.js'

export interface EulerAncestralOptions {
  /** The noise that is put back, as a share of the ancestral sampler's: from 0 to 1, which is the default. */
  readonly eta?: number
}

/**
 * Euler's method, down by more than the stretch and up again by fresh noise (Crowson's k-diffusion, `sample_euler_ancestral`). With r = σ/α,
 *
 *   up² = η² r_s² (r_t² − r_s²)/r_t²,   down² = r_s² − up²,   z_s/α_s = z_t/α_t + (down − r_t) ε̂ + up n
 *
 * for any family where α > 0.
 * @throws SamplingError unless 0 ≤ η ≤ 1
 */
export const eulerAncestral = ({ eta = 1 }: EulerAncestralOptions = {}): Sampler => {
  if (!(eta >= 0 && eta <= 1)) throw new SamplingError(`eulerAncestral: eta is from 0 to 1, not ${eta}`)
  return sampler({
    name: 'euler-ancestral',
    order: 1,
    stochastic: eta > 0,
    evaluations: 1,
    remembers: 0,
    coefficients: path =>
      stretches(withSignal('eulerAncestral', path)).map(({ from, to }) => {
        const [high, low] = [noiseRatio(from), noiseRatio(to)]
        const up = (eta * low * Math.sqrt((high - low) * (high + low))) / high
        const down = Math.sqrt((low - up) * (low + up))
        return {
          level: from,
          z: to.alpha / from.alpha,
          epsilon: to.alpha * (down - high),
          noise: to.alpha * up,
        }
      }),
    step:
      (denoise, row, noise) =>
      ({ z }) => ({
        z: weighted([row.z, z], [row.epsilon, denoise(z, row.level).epsilon], [row.noise, noise]),
        history: [],
      }),
  })
}
