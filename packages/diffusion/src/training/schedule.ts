import type { DiscreteProcess } from '../process/discrete.js'
import { cosineBetas } from '../process/schedules/cosine.js'
import { linearBetas } from '../process/schedules/linear.js'
import { scaledLinearBetas } from '../process/schedules/scaled-linear.js'
import { sigmoidBetas } from '../process/schedules/sigmoid.js'

const schedules = {
  cosine: cosineBetas,
  linear: linearBetas,
  'scaled-linear': scaledLinearBetas,
  sigmoid: sigmoidBetas,
}

/** The schedules that a run can be told by name. */
export type ScheduleName = keyof typeof schedules

export const scheduleNames = Object.keys(schedules) as readonly ScheduleName[]

/** A variance-preserving process of so many levels. */
export const processOf = (schedule: ScheduleName, length: number): DiscreteProcess =>
  schedules[schedule](length)
