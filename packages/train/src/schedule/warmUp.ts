import { pipe } from 'fp-ts/lib/function.js'
import { mul, scalar } from '@elbo/tensor'
import { isCount, required } from '../required.js'
import { followedBy } from './followedBy.js'
import { linearSchedule } from './polynomial.js'
import type { Schedule } from './schedule.js'

/**
 * `pipe(cosineDecay(…), warmUp(500))`: a straight line up to the schedule's first value in 500 updates (Goyal et al. 2017, section 2.2), then the
 * schedule from its beginning. The line begins at the share `from` of that value, 1/steps unless told, so that no update is lost.
 * @throws RangeError unless `steps` is a whole number from 1 and 0 ≤ from ≤ 1.
 */
export const warmUp = (steps: number, from = 1 / steps) => {
  required('warmUp', 'steps', steps, isCount(steps))
  required('warmUp', 'from', from, from >= 0 && from <= 1)
  const line = linearSchedule({ from, to: 1, steps })
  return (schedule: Schedule): Schedule =>
    pipe((step => mul(schedule(scalar(0)))(line(step))) satisfies Schedule, followedBy(steps, schedule))
}
