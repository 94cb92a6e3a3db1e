import { pipe } from 'fp-ts/lib/function.js'
import { lt, maximum, sub, where } from '@elbo/tensor'
import { isCount, required } from '../required.js'
import type { Schedule } from './schedule.js'

/**
 * `pipe(first, followedBy(500, next))`: the first schedule for 500 updates, then the next one from its beginning, as
 * torch.optim.lr_scheduler.SequentialLR.
 * @throws RangeError unless `steps` is a whole number from 1.
 */
export const followedBy = (steps: number, next: Schedule) => {
  required('followedBy', 'steps', steps, isCount(steps))
  return (first: Schedule): Schedule =>
    step =>
      pipe(step, lt(steps), where(first(step), next(pipe(step, sub(steps), maximum(0)))))
}
