import { fallingPath, halfLogSnr, stretches } from '../sampling/path.js'
import { sampler, type Sampler } from '../sampling/sampler.js'
import { weighted } from '../sampling/weighted.js'
import { extrapolation } from './dpm-solver-2m.js'
import { SamplingError } from '../sampling/sampling-error.js'

export interface DpmSolverSdeOptions {
  /** How much noise is exchanged: 0 is `dpmSolver2m`, 1 (the default) the reverse diffusion of the process itself. */
  readonly eta?: number
}

/**
 * SDE-DPM-Solver++ (2M) (Lu et al. 2022b, section 5 and appendix), for any family, in λ = ln α/σ with h = λ_s − λ_t:
 *
 *   z_s = σ_s/σ_t e^−ηh z_t + α_s (1 − e^−(1+η)h) D + σ_s √(1 − e^−2ηh) n,   D as in `dpmSolver2m`
 *
 * Paths may start at α = 0.
 * @throws SamplingError unless η is finite and from 0
 */
export const dpmSolver2mSde = ({ eta = 1 }: DpmSolverSdeOptions = {}): Sampler => {
  if (!(eta >= 0 && eta < Infinity)) throw new SamplingError(`dpmSolver2mSde: eta is from 0, not ${eta}`)
  return sampler({
    name: 'dpm-solver++2m-sde',
    order: 2,
    stochastic: eta > 0,
    evaluations: 1,
    remembers: 1,
    coefficients: path =>
      stretches(fallingPath('dpmSolver2mSde', path)).map(stretch => {
        const { from, to } = stretch
        const h = halfLogSnr(to) - halfLogSnr(from)
        const exchanged = eta === 0 ? 0 : eta * h
        const gain = to.alpha * -Math.expm1(-h - exchanged)
        const beyond = gain * extrapolation(stretch)
        return {
          level: from,
          z: (to.sigma / from.sigma) * Math.exp(-exchanged),
          x: gain + beyond,
          previous: -beyond,
          noise: to.sigma * Math.sqrt(-Math.expm1(-2 * exchanged)),
        }
      }),
    step:
      (denoise, row, noise) =>
      ({ z, history: [previous] }) => {
        const { x } = denoise(z, row.level)
        return {
          z: weighted([row.z, z], [row.x, x], [row.previous, previous], [row.noise, noise]),
          history: [x],
        }
      },
  })
}
