import { mul, neg } from '@elbo/tensor'
import { rateAt, scheduleOf, type Schedule } from '../schedule/schedule.js'
import { elementwise } from './elementwise.js'
import type { Optimiser } from './optimiser.js'

/**
 * change ← −α·change: the step down the slope, at the end of a chain.
 * @throws RangeError unless a number α > 0.
 */
export const scaleByLearningRate = (learningRate: number | Schedule): Optimiser => {
  const schedule = scheduleOf('scaleByLearningRate', learningRate)
  return elementwise<never>({
    name: 'rate',
    slots: {},
    at: moment => {
      const scale = neg(rateAt(schedule, moment))
      return change => ({ change: mul<readonly [], 'f32'>(scale)(change) })
    },
    learningRate: moment => rateAt(schedule, moment),
  })
}
