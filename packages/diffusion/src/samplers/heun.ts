import type { Level } from '../process/level.js'
import { noiseRatio, stretches, withSignal } from '../sampling/path.js'
import { sampler, type Sampler } from '../sampling/sampler.js'
import { weighted } from '../sampling/weighted.js'
import { SamplingError } from '../sampling/sampling-error.js'

/** Noise that is added before each step and taken out again by it (Karras et al. 2022, algorithm 2). */
export interface Churn {
  /** S_churn: shared out to the steps; σ/α rises by a factor of at most √2. */
  readonly amount: number
  /** S_tmin and S_tmax: the σ/α between which there is churn; everywhere by default. */
  readonly from?: number
  readonly to?: number
  /** S_noise: the standard deviation of what is added; 1 by default. */
  readonly noise?: number
  /** The level of the process at a ln SNR: raised noise lies between the levels of a path. */
  readonly levelAt: (logSnr: number) => Level
}

export interface HeunOptions {
  readonly churn?: Churn
}

const raised = (
  { amount, from: low = 0, to: high = Infinity, levelAt }: Churn,
  steps: number,
  level: Level,
): Level => {
  const ratio = noiseRatio(level)
  const gamma = ratio >= low && ratio <= high ? Math.min(amount / steps, Math.SQRT2 - 1) : 0
  return gamma === 0 ? level : levelAt(level.logSnr - 2 * Math.log1p(gamma))
}

/**
 * Heun's method for the probability-flow equation in the noise of z/α (Karras et al. 2022, algorithms 1 and 2), for any family where α > 0: a step
 * by Euler, then again with the mean of the slopes at both ends. The last stretch, at whose end there is no slope, is Euler's.
 * @throws SamplingError unless the churn is a finite amount from 0
 */
export const heun = ({ churn }: HeunOptions = {}): Sampler => {
  if (churn !== undefined && !(churn.amount >= 0 && churn.amount < Infinity))
    throw new SamplingError(`heun: the amount of churn is from 0, not ${churn.amount}`)
  return sampler({
    name: 'heun',
    order: 2,
    stochastic: churn !== undefined && churn.amount > 0,
    evaluations: 2,
    remembers: 0,
    coefficients: path =>
      stretches(withSignal('heun', path)).map(({ from, to }) => {
        const level = churn === undefined ? from : raised(churn, path.length - 1, from)
        const last = to.sigma === 0
        const [now, high, low] = [noiseRatio(from), noiseRatio(level), noiseRatio(to)]
        return {
          level,
          // Where the second slope does not count, it is asked for where there is one.
          second: last ? level : to,
          lift: level.alpha / from.alpha,
          noise: (churn?.noise ?? 1) * level.alpha * Math.sqrt(Math.max(0, (high - now) * (high + now))),
          z: to.alpha / level.alpha,
          epsilon: to.alpha * (low - high),
          half: to.alpha * (low - high) * (last ? 1 : 0.5),
          other: to.alpha * (low - high) * (last ? 0 : 0.5),
        }
      }),
    step:
      (denoise, row, noise) =>
      ({ z: start }) => {
        const z = churn === undefined ? start : weighted([row.lift, start], [row.noise, noise])
        const { epsilon } = denoise(z, row.level)
        const ahead = weighted([row.z, z], [row.epsilon, epsilon])
        const { epsilon: other } = denoise(ahead, row.second)
        return { z: weighted([row.z, z], [row.half, epsilon], [row.other, other]), history: [] }
      },
  })
}
