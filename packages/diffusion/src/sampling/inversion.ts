import { scan, type Shape, type Stacked, type Tensor } from '@elbo/tensor'
import type { Denoiser, LevelTensors } from '../process/denoiser.js'
import { stretches, wholePath, type Path, type Stretch } from './path.js'
import { SamplingError } from './sampling-error.js'
import { tableOf, type Table } from './table.js'
import { weighted } from './weighted.js'

export interface InversionOptions {
  /**
   * How often the denoiser is asked in a step. Once (the default) is the usual inversion, which looks at z before the step; more come closer to
   * what `ddim` would lead back from, where stretches are short enough for that to converge.
   */
  readonly iterations?: number
}

interface Rise {
  readonly level: LevelTensors
  readonly z: Tensor<readonly []>
  readonly x: Tensor<readonly []>
  readonly epsilon: Tensor<readonly []>
}

/**
 * The step down from z_t to z_s, turned round, without ε̂ where there is much noise and without x̂ where there is little, because there the other says
 * little of z_t and the iteration converges:
 *
 *   z_t = σ_t/σ_s z_s + (α_t − α_s σ_t/σ_s) x̂(z_t),   z_t = α_t/α_s z_s + (σ_t − σ_s α_t/α_s) ε̂(z_t)
 */
const riseOf = ({ from: high, to: low }: Stretch) => {
  if (high.logSnr < 0 && low.sigma > 0) {
    const z = high.sigma / low.sigma
    return { level: high, z, x: high.alpha - low.alpha * z, epsilon: 0 }
  }
  const z = high.alpha / low.alpha
  return { level: high, z, x: 0, epsilon: high.sigma - low.sigma * z }
}

/** The stretches of a path from its end upwards. */
const rises = (path: Path): Table => tableOf(stretches(path).map(riseOf).reverse())

/**
 * From data to the latent that `ddim` would make them of, up the whole path (Song et al. 2021, section 4.3). Each step solves the deterministic step down
 * for the z that it came from, by fixed-point iteration; the denoiser is never asked about data without noise.
 * @throws SamplingError unless the path falls to zero noise and there is a whole number of iterations
 */
export const invertWith =
  (path: Path, { iterations = 1 }: InversionOptions = {}) =>
  <S extends Shape>(denoise: Denoiser<S>, x: Tensor<S>): Tensor<S> => {
    if (!Number.isSafeInteger(iterations) || iterations < 1)
      throw new SamplingError(`invertWith: the iterations are a positive whole number, not ${iterations}`)
    const step = (z: Tensor<S>, rise: Rise): Tensor<S> => {
      let guess = z
      for (let i = 0; i < iterations; i++) {
        const { x: clean, epsilon } = denoise(guess, rise.level)
        guess = weighted([rise.z, z], [rise.x, clean], [rise.epsilon, epsilon])
      }
      return guess
    }
    const [latent] = scan<Tensor<S>, Rise, object>((z, rise) => [step(z, rise), {}])(
      x,
      rises(wholePath('invertWith', path)) as unknown as Stacked<Rise>,
    )
    return latent
  }
