import { pipe } from 'fp-ts/lib/function.js'
import { exp, mul } from '@elbo/tensor'
import { required } from '../required.js'
import type { Schedule } from './schedule.js'

export interface ExponentialDecayOptions {
  /** The value at first. */
  readonly from: number
  /** What it is multiplied by after every update. */
  readonly factor: number
}

/**
 * from · factorᵗ, as torch.optim.lr_scheduler.ExponentialLR.
 * @throws RangeError unless from > 0 and factor > 0.
 */
export const exponentialDecay = ({ from, factor }: ExponentialDecayOptions): Schedule => {
  required('exponentialDecay', 'from', from, from > 0)
  required('exponentialDecay', 'factor', factor, factor > 0)
  return step => pipe(step, mul(Math.log(factor)), exp, mul(from))
}
