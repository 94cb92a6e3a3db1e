import { lengthOf, type DiscreteProcess } from '../process/discrete.js'
import { levelAt, levelOf, type Level, type Process } from '../process/level.js'
import type { Path } from '../sampling/path.js'
import { SamplingError } from '../sampling/sampling-error.js'

/** Which levels of a process a path stops at, before the data. */
export interface Spacing {
  readonly name: string
  /** The ends of the process that a path of two or more steps visits: the level of most noise, the one of least, or both. */
  readonly visits: 'both' | 'first' | 'last'
  /**
   * Timesteps of a process with levels 1 … T, falling, `count` of them.
   * @throws SamplingError where σ/α has to be finite and is not
   */
  readonly timesteps: (process: DiscreteProcess, count: number) => readonly number[]
  /** Times of a process between two of its times, falling, `count` of them. */
  readonly times: (process: Process, count: number, ends: TimeEnds) => readonly number[]
}

export interface TimeEnds {
  /** Where paths start; 1 by default. */
  readonly first: number
  /** The last stop before the data; .001 by default. */
  readonly last: number
}

const requireCount = (what: string, count: number, most = Infinity): void => {
  if (!Number.isSafeInteger(count) || count < 1 || count > most)
    throw new SamplingError(
      `${what}: ${count} steps: a whole number from 1${most === Infinity ? '' : ` to ${most}, the levels of the process`}`,
    )
}

/**
 * A path down the levels of a discrete process in `count` steps: `count` different levels, then the data.
 * @throws SamplingError for more steps than levels
 */
export const discretePath =
  (spacing: Spacing, process: DiscreteProcess) =>
  (count: number): Path => {
    requireCount(spacing.name, count, lengthOf(process))
    return [...spacing.timesteps(process, count), 0].map(t => process.levels[t])
  }

/** The data, where a process ends. */
const data = ({ family }: Process): Level => levelAt(family)(Infinity, 0)

/**
 * A path down a continuous process in `count` steps: `count` of its levels between two times, then the data.
 * @throws SamplingError unless 0 < last < first ≤ 1
 */
export const continuousPath =
  (spacing: Spacing, process: Process, { first = 1, last = 1e-3 }: Partial<TimeEnds> = {}) =>
  (count: number): Path => {
    requireCount(spacing.name, count)
    if (!(0 < last && last < first && first <= 1))
      throw new SamplingError(`${spacing.name}: from time ${first} to ${last}: they fall, between 1 and 0`)
    return [...spacing.times(process, count, { first, last }).map(levelOf(process)), data(process)]
  }
