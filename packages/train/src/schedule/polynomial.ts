import { pipe } from 'fp-ts/lib/function.js'
import { add, maximum, mul, pow, sub, type Tensor } from '@elbo/tensor'
import { isCount, required } from '../required.js'
import type { Scalar, Schedule } from './schedule.js'

/** The part of `steps` that is left: 1 − t/steps, and 0 afterwards. Near the end it is exact, where the difference from 1 would not be. */
export const remaining = (step: Tensor<readonly [], 'f32'>, steps: number): Scalar =>
  pipe(step, mul(-1), add(steps), maximum(0), mul(1 / steps))

export interface LinearOptions {
  /** The value at first. */
  readonly from: number
  /** The value after `steps` updates, and from then on. */
  readonly to: number
  readonly steps: number
}

export interface PolynomialOptions extends LinearOptions {
  readonly power: number
}

/**
 * to + (from − to)·(1 − t/steps)^power, and `to` afterwards, as torch.optim.lr_scheduler.PolynomialLR for to = 0.
 * @throws RangeError unless from, to ≥ 0, power > 0 and `steps` is a whole number from 1.
 */
export const polynomialSchedule = ({ from, to, steps, power }: PolynomialOptions): Schedule => {
  required('polynomialSchedule', 'from', from, from >= 0)
  required('polynomialSchedule', 'to', to, to >= 0)
  required('polynomialSchedule', 'power', power, power > 0)
  required('polynomialSchedule', 'steps', steps, isCount(steps))
  return step => pipe(remaining(step, steps), pow(power), mul(from - to), add(to))
}

/**
 * A straight line from one value to another, which then stays, as torch.optim.lr_scheduler.LinearLR.
 * @throws RangeError unless from, to ≥ 0 and `steps` is a whole number from 1.
 */
export const linearSchedule = ({ from, to, steps }: LinearOptions): Schedule => {
  required('linearSchedule', 'from', from, from >= 0)
  required('linearSchedule', 'to', to, to >= 0)
  required('linearSchedule', 'steps', steps, isCount(steps))
  return step => {
    const left = remaining(step, steps)
    return pipe(left, sub(1), mul(-to), add(mul(from)(left)))
  }
}
