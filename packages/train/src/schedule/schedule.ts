import { cast, scalar, type Tensor } from '@elbo/tensor'
import { required } from '../required.js'

/** f32[]. */
export type Scalar = Tensor<readonly [], 'f32'>

/**
 * A number that depends on how far training has come, such as the learning rate: a pure function of the updates made so far, f32[] and
 * whole (exact up to 2²⁴ = 16,777,216), as an expression. The first update has the value at 0.
 */
export type Schedule = (step: Scalar) => Scalar

/** The same value always. */
export const constantSchedule = (value: number): Schedule => {
  required('constantSchedule', 'value', value, true)
  return () => scalar(value)
}

/** A learning rate as a schedule. @throws RangeError unless a number is positive and finite. */
export const scheduleOf = (name: string, learningRate: number | Schedule): Schedule => {
  if (typeof learningRate === 'function') return learningRate
  required(name, 'learningRate', learningRate, learningRate > 0)
  return constantSchedule(learningRate)
}

/** The value of a schedule for an update. */
export const rateAt = (schedule: Schedule, { step }: { readonly step: Tensor<readonly [], 'u32'> }): Scalar =>
  schedule(cast('f32')(step))
