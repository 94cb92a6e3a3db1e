import { fallingPath, halfLogSnr, stretches, type Stretch } from '../sampling/path.js'
import { sampler, type Sampler } from '../sampling/sampler.js'
import { weighted } from '../sampling/weighted.js'

/**
 * 1/(2r), r the length of the stretch before over that of this one, in λ. 0 where the step is of first order: the first has nothing to remember,
 * and in the last λ has no end.
 */
export const extrapolation = ({ from, to, before: [previous] }: Stretch): number =>
  previous === undefined || to.sigma === 0
    ? 0
    : (halfLogSnr(to) - halfLogSnr(from)) / (2 * (halfLogSnr(from) - halfLogSnr(previous)))

/**
 * DPM-Solver++ (2M) (Lu et al. 2022b, algorithm 2), for any family, in λ = ln α/σ with h = λ_s − λ_t:
 *
 *   z_s = σ_s/σ_t z_t + α_s (1 − e^−h) D,   D = (1 + 1/2r) x̂_t − 1/2r x̂ of the step before
 *
 * Paths may start at α = 0, where the first two steps are of first order.
 */
export const dpmSolver2m = (): Sampler =>
  sampler({
    name: 'dpm-solver++2m',
    order: 2,
    stochastic: false,
    evaluations: 1,
    remembers: 1,
    coefficients: path =>
      stretches(fallingPath('dpmSolver2m', path)).map(stretch => {
        const { from, to } = stretch
        const gain = to.alpha * -Math.expm1(halfLogSnr(from) - halfLogSnr(to))
        const beyond = gain * extrapolation(stretch)
        return { level: from, z: to.sigma / from.sigma, x: gain + beyond, previous: -beyond }
      }),
    step:
      (denoise, row) =>
      ({ z, history: [previous] }) => {
        const { x } = denoise(z, row.level)
        return { z: weighted([row.z, z], [row.x, x], [row.previous, previous]), history: [x] }
      },
  })
