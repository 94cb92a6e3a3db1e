import { lengthOf } from '../process/discrete.js'
import type { Spacing } from './spacing.js'

/** Of the k-th of `count` steps, from 0. */
type Fraction = (k: number, count: number) => number

interface InTime {
  readonly name: string
  readonly visits: Spacing['visits']
  readonly timestep: (k: number, count: number, length: number) => number
  /** From 1, where paths start, to 0, their last stop. */
  readonly fraction: Fraction
}

const steps = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k)

/** A spacing that looks at time alone. */
export const inTime = ({ name, visits, timestep, fraction }: InTime): Spacing => ({
  name,
  visits,
  timesteps: (process, count) => steps(count).map(k => timestep(k, count, lengthOf(process))),
  times: (_, count, { first, last }) => steps(count).map(k => last + fraction(k, count) * (first - last)),
})
