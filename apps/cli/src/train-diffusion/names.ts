import type { Prediction, ScheduleName } from '@elbo/diffusion'

/** Names are told here again, exactly all of them, so that reading a command line loads no models. */
const everySchedule: Readonly<Record<ScheduleName, null>> = {
  cosine: null,
  linear: null,
  'scaled-linear': null,
  sigmoid: null,
}

const everyPrediction: Readonly<Record<Prediction, null>> = {
  epsilon: null,
  x: null,
  v: null,
  score: null,
  velocity: null,
}

export const scheduleNames = Object.keys(everySchedule) as readonly ScheduleName[]
export const predictionNames = Object.keys(everyPrediction) as readonly Prediction[]

/** Points of the plane. */
export const planeNames = ['8-gaussians', 'checkerboard', 'moons', 'swiss-roll'] as const
export type PlaneName = (typeof planeNames)[number]

export const isPlane = (name: string): name is PlaneName => planeNames.some(each => each === name)
