import { exp, onesLike } from '@elbo/tensor'
import { posterior, transition } from '../process/kernel.js'
import { fallingPath, stretches, type Path } from '../sampling/path.js'
import { sampler, type Sampler } from '../sampling/sampler.js'
import { timesEach, weighted } from '../sampling/weighted.js'
import { SamplingError } from '../sampling/sampling-error.js'

export interface AncestralOptions {
  /**
   * The variance of P(z_s | z_t): that of q(z_s | z_t, x) (`small`, the default: best for data at one point), that of q(z_t | z_s) (`large`: best
   * for data that are standard normal), or what the denoiser says stands between the two (`learned`).
   */
  readonly variance?: 'small' | 'large' | 'learned'
}

/** The mean of P(z_s | z_t) as shares of z and x̂, and the variances that it may have. Where noise goes no further (`last`), none is added. */
const reverseSteps = (path: Path) =>
  stretches(fallingPath('ancestral', path)).map(({ from, to }) => {
    const { ofZ, ofX, variance: small } = posterior(to, from)
    const { variance: large } = transition(to, from)
    return { level: from, z: ofZ, x: ofX, small, large, last: to.sigma === 0 }
  })

const fixed = (variance: 'small' | 'large'): Sampler =>
  sampler({
    name: `ancestral-${variance}`,
    order: 1,
    stochastic: true,
    evaluations: 1,
    remembers: 0,
    coefficients: path =>
      reverseSteps(path).map(({ small, large, last, ...mean }) => ({
        ...mean,
        noise: last ? 0 : Math.sqrt(variance === 'small' ? small : large),
      })),
    step:
      (denoise, { level, z, x, noise }, n) =>
      state => ({
        z: weighted([z, state.z], [x, denoise(state.z, level).x], [noise, n]),
        history: [],
      }),
  })

const learned = (): Sampler =>
  sampler({
    name: 'ancestral-learned',
    order: 1,
    stochastic: true,
    evaluations: 1,
    remembers: 0,
    coefficients: path =>
      reverseSteps(path).map(({ small, large, last, ...mean }) => ({
        ...mean,
        logSmall: last ? 0 : Math.log(small),
        logLarge: last ? 0 : Math.log(large),
        noise: last ? 0 : 1,
      })),
    step:
      (denoise, row, noise) =>
      ({ z }) => {
        const { x, varianceShare: share } = denoise(z, row.level)
        if (share === undefined)
          throw new SamplingError(
            'ancestral: learned variances: the denoiser does not tell its varianceShare',
          )
        const one = onesLike(share)
        const logVariance = weighted([row.logLarge, share], [row.logSmall, weighted([1, one], [-1, share])])
        const deviation = exp(weighted([0.5, logVariance]))
        return {
          z: weighted([row.z, z], [row.x, x], [row.noise, timesEach(deviation, noise)]),
          history: [],
        }
      },
  })

/**
 * The ancestral sampler of denoising diffusion (Ho et al. 2020, algorithm 2), for any family and any stretch of it (Kingma et al. 2021, eq. 33):
 * a draw from q(z_s | z_t, x) at x = x̂, with a variance of choice; the last step adds no noise. Learned variances are
 * exp(v ln large + (1 − v) ln small) (Nichol and Dhariwal 2021, eq. 15). Paths may start at α = 0.
 */
export const ancestral = ({ variance = 'small' }: AncestralOptions = {}): Sampler =>
  variance === 'learned' ? learned() : fixed(variance)
