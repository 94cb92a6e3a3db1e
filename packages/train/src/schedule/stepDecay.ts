import { pipe } from 'fp-ts/lib/function.js'
import { div, exp, floor, mul } from '@elbo/tensor'
import { isCount, required } from '../required.js'
import type { Schedule } from './schedule.js'

export interface StepDecayOptions {
  /** The value at first. */
  readonly from: number
  /** What it is multiplied by after every `every` updates. */
  readonly factor: number
  readonly every: number
}

/**
 * from · factor^⌊t / every⌋, as torch.optim.lr_scheduler.StepLR.
 * @throws RangeError unless from > 0, factor > 0 and `every` is a whole number from 1.
 */
export const stepDecay = ({ from, factor, every }: StepDecayOptions): Schedule => {
  required('stepDecay', 'from', from, from > 0)
  required('stepDecay', 'factor', factor, factor > 0)
  required('stepDecay', 'every', every, isCount(every))
  return step => pipe(step, div(every), floor, mul(Math.log(factor)), exp, mul(from))
}
