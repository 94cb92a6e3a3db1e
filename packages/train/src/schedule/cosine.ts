import { pipe } from 'fp-ts/lib/function.js'
import { add, div, le, mod, mul, sin, square, sub, sum, tensor, where, zeros } from '@elbo/tensor'
import { isCount, required } from '../required.js'
import { remaining } from './polynomial.js'
import type { Scalar, Schedule } from './schedule.js'

/**
 * From `from` to `to` along half a cosine, where `left` of the way is left: (1 + cos(π(1 − left)))/2 = sin²(π/2·left), which keeps all digits at
 * the end.
 */
export const alongCosine = (from: number, to: number, left: Scalar): Scalar =>
  pipe(left, mul(Math.PI / 2), sin, square, mul(from - to), add(to))

export interface CosineOptions {
  /** The value at first. */
  readonly from: number
  /** The value in the end (0). */
  readonly to?: number
  readonly steps: number
}

/**
 * to + (from − to)·(1 + cos(π·t/steps))/2, and `to` afterwards (Loshchilov and Hutter 2017, eq. 5 without restarts). As
 * torch.optim.lr_scheduler.CosineAnnealingLR up to `steps`, where that turns upwards again.
 * @throws RangeError unless from, to ≥ 0 and `steps` is a whole number from 1.
 */
export const cosineDecay = ({ from, to = 0, steps }: CosineOptions): Schedule => {
  required('cosineDecay', 'from', from, from >= 0)
  required('cosineDecay', 'to', to, to >= 0)
  required('cosineDecay', 'steps', steps, isCount(steps))
  return step => alongCosine(from, to, remaining(step, steps))
}

export interface CosineRestartsOptions {
  readonly from: number
  readonly to?: number
  /** Updates until the first restart. */
  readonly period: number
  /** How many times as long each period is as the one before it: a whole number (1). */
  readonly growth?: number
}

/** Beyond it steps are not exact. */
const longest = 2 ** 24

/** Where each period but the first begins, and how much longer it is than the one before. */
const restarts = (period: number, growth: number) => {
  const [begins, lengths, longer]: [number[], number[], number[]] = [[], [], []]
  for (let at = period, length = period; at < longest;) {
    begins.push(at)
    lengths.push(length)
    longer.push(length * growth - length)
    length *= growth
    at += length
  }
  return { begins, lengths, longer }
}

/**
 * Cosine decay with warm restarts (Loshchilov and Hutter 2017, eq. 5), as torch.optim.lr_scheduler.CosineAnnealingWarmRestarts: the value falls from
 * `from` to `to` along half a cosine, and begins again.
 * @throws RangeError unless from, to ≥ 0, and `period` and `growth` are whole numbers from 1.
 */
export const cosineRestarts = ({ from, to = 0, period, growth = 1 }: CosineRestartsOptions): Schedule => {
  required('cosineRestarts', 'from', from, from >= 0)
  required('cosineRestarts', 'to', to, to >= 0)
  required('cosineRestarts', 'period', period, isCount(period))
  required('cosineRestarts', 'growth', growth, isCount(growth))
  if (growth === 1) return step => alongCosine(from, to, remaining(mod(period)(step), period))
  const { begins, lengths, longer } = restarts(period, growth)
  return step => {
    // Comparisons with whole numbers, where a logarithm of the step would be rounded across a restart.
    const begun = pipe(tensor(begins, [begins.length]), le<readonly [], 'f32'>(step))
    const ofBegun = (values: readonly number[]): Scalar =>
      pipe(begun, where(tensor(values, [values.length]), zeros([values.length])), sum())
    const length = add(period)(ofBegun(longer))
    const left = pipe(length, sub(sub(ofBegun(lengths))(step)), div(length))
    return alongCosine(from, to, left)
  }
}
