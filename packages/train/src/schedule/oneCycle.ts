import { pipe } from 'fp-ts/lib/function.js'
import { add, le, maximum, minimum, mul, where } from '@elbo/tensor'
import { isCount, required } from '../required.js'
import { alongCosine } from './cosine.js'
import type { Schedule } from './schedule.js'

export interface OneCycleOptions {
  /** The highest value. */
  readonly peak: number
  /** Updates in all. */
  readonly steps: number
  /** The part of the updates in which the value rises (0.3). */
  readonly rising?: number
  /** What the peak is divided by at first (25). */
  readonly initialDivisor?: number
  /** What the first value is divided by at the end (10,000). */
  readonly finalDivisor?: number
}

/**
 * One cycle (Smith and Topin 2019), as torch.optim.lr_scheduler.OneCycleLR: along half a cosine from peak/initialDivisor up to the peak at
 * update rising·steps − 1, and along another one down to peak/initialDivisor/finalDivisor at update steps − 1, the last, where it stays.
 * @throws RangeError unless peak > 0, the divisors ≥ 1, 0 < rising < 1 and both parts have an update or more.
 */
export const oneCycle = ({
  peak,
  steps,
  rising = 0.3,
  initialDivisor = 25,
  finalDivisor = 1e4,
}: OneCycleOptions): Schedule => {
  const [top, end] = [rising * steps - 1, steps - 1]
  required('oneCycle', 'peak', peak, peak > 0)
  required('oneCycle', 'steps', steps, isCount(steps))
  required('oneCycle', 'rising', rising, rising > 0 && rising < 1 && top > 0)
  required('oneCycle', 'initialDivisor', initialDivisor, initialDivisor >= 1)
  required('oneCycle', 'finalDivisor', finalDivisor, finalDivisor >= 1)
  const first = peak / initialDivisor
  const last = first / finalDivisor
  return step => {
    const left = pipe(step, mul(-1), add(end), maximum(0), mul(1 / (end - top)), minimum(1))
    // Upwards the same curve, run backwards: `step / top` of the way to its beginning.
    const up = alongCosine(peak, first, pipe(step, mul(1 / top), minimum(1)))
    return pipe(step, le(top), where(up, alongCosine(peak, last, left)))
  }
}
