import { lengthOf, type DiscreteProcess } from '../process/discrete.js'
import type { Process } from '../process/level.js'
import { SamplingError } from '../sampling/sampling-error.js'
import type { Spacing, TimeEnds } from './spacing.js'

interface InNoise {
  readonly name: string
  /** Of ln SNR at the first and the last stop, the k-th of `count`, at least two. */
  readonly logSnr: (first: number, last: number, k: number, count: number) => number
}

/** The level, from 1 on, whose ln SNR is nearest. */
const nearest = ({ levels }: DiscreteProcess, logSnr: number): number => {
  let best = 1
  for (let t = 2; t < levels.length; t++)
    if (Math.abs(levels[t].logSnr - logSnr) < Math.abs(levels[best].logSnr - logSnr)) best = t
  return best
}

/** Falling timesteps from T to 1, each as near to what was wished as the others allow. */
const apart = (wished: readonly number[], length: number): readonly number[] => {
  const count = wished.length
  const falling: number[] = []
  wished.forEach((t, k) => falling.push(k === 0 ? length : Math.min(t, falling[k - 1] - 1)))
  for (let k = count - 1; k > 0; k--)
    falling[k] = Math.max(falling[k], k === count - 1 ? 1 : falling[k + 1] + 1)
  return falling
}

/** The time at which a process has a ln SNR, by halving the interval. */
const timeAt = ({ logSnr }: Process, wished: number, { first, last }: TimeEnds): number => {
  let [low, high] = [last, first]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (logSnr(middle) > wished) low = middle
    else high = middle
  }
  return (low + high) / 2
}

const requireSignal = (name: string, logSnr: number): void => {
  if (logSnr === -Infinity)
    throw new SamplingError(
      `${name}: shares out σ/α, and the process starts at α = 0; linspace or trailing can`,
    )
}

/** A spacing that looks at noise alone. Both ends are visited; one step starts at the first. */
export const inNoise = ({ name, logSnr }: InNoise): Spacing => ({
  name,
  visits: 'both',
  timesteps: (process, count) => {
    const length = lengthOf(process)
    const [first, last] = [process.levels[length].logSnr, process.levels[1].logSnr]
    requireSignal(name, first)
    if (count === 1) return [length]
    const wished = Array.from({ length: count }, (_, k) => nearest(process, logSnr(first, last, k, count)))
    return apart(wished, length)
  },
  times: (process, count, ends) => {
    const [first, last] = [process.logSnr(ends.first), process.logSnr(ends.last)]
    requireSignal(name, first)
    return Array.from({ length: count }, (_, k) => {
      if (k === 0) return ends.first
      return k === count - 1 ? ends.last : timeAt(process, logSnr(first, last, k, count), ends)
    })
  },
})
