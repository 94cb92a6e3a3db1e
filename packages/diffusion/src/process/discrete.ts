import { levelAt, type Family, type Level, type Process } from './level.js'
import { ProcessError } from './process-error.js'

/** A process at T levels: what a diffusion of T steps, and its bound, are made of. */
export interface DiscreteProcess {
  readonly family: Family
  /** Levels 0 … T, so that `levels[t]` is that of z_t, at time t/T. Level 0 is the data: α = 1, σ = 0. */
  readonly levels: readonly Level[]
}

/** T: the number of latents. */
export const lengthOf = ({ levels }: DiscreteProcess): number => levels.length - 1

const requireLength = (length: number): void => {
  if (!Number.isSafeInteger(length) || length < 1)
    throw new ProcessError(`a process of ${length} levels: a positive whole number`)
}

/**
 * The process with ln SNR λ₁ > λ₂ > … > λ_T. The last may be −∞, which is no signal at all; a variance-exploding process has no such level.
 * @throws ProcessError unless there is one at least, and each is below the one before
 */
export const discreteProcess = (family: Family, logSnrs: readonly number[]): DiscreteProcess => {
  requireLength(logSnrs.length)
  const all = [Infinity, ...logSnrs]
  const bad = all.findIndex((value, t) => t > 0 && !(value < all[t - 1]))
  if (bad >= 0)
    throw new ProcessError(
      `level ${bad}: a log-SNR of ${all[bad]} after ${all[bad - 1]}: each level has more noise than the one before`,
    )
  if (family === 'variance-exploding' && all[logSnrs.length] === -Infinity)
    throw new ProcessError(`level ${logSnrs.length}: noise of infinite variance`)
  return { family, levels: all.map((logSnr, t) => levelAt(family)(logSnr, t / logSnrs.length)) }
}

/** A process at the times 1/T, 2/T, …, 1. */
export const discretise =
  (length: number) =>
  ({ family, logSnr }: Process): DiscreteProcess => {
    requireLength(length)
    return discreteProcess(
      family,
      Array.from({ length }, (_, i) => logSnr((i + 1) / length)),
    )
  }

/**
 * Between the levels of a discrete process: ln SNR is a straight line from each level to the next. Before the first level the first line is gone on
 * with, and time 0 has the noise that is found there; a discrete process of one level has none to follow.
 * @throws ProcessError for a single level, or a last level without signal, to which there is no line
 */
export const interpolated = ({ family, levels }: DiscreteProcess): Process => {
  const length = levels.length - 1
  if (length === 1) throw new ProcessError('interpolated: one level: there is nothing between levels')
  if (levels[length].logSnr === -Infinity)
    throw new ProcessError('interpolated: the last level has no signal: no line leads there')
  return {
    family,
    logSnr: time => {
      const before = Math.min(Math.max(Math.floor(time * length), 1), length - 1)
      const [low, high] = [levels[before].logSnr, levels[before + 1].logSnr]
      return low + (time * length - before) * (high - low)
    },
  }
}
