import { pipe } from 'fp-ts/lib/function.js'
import { add, div, mul, neg, reciprocal, sqrt, square, zerosLike, type Shape } from '@elbo/tensor'
import { rateAt, scheduleOf, type Schedule } from '../schedule/schedule.js'
import { decayed, oneMinusPower, updateNumber } from './decay.js'
import { elementwise } from './elementwise.js'
import type { Leaves, Moment, Optimiser, Scalar } from './optimiser.js'
import { required } from '../required.js'

export interface AdamScaling {
  /** The decay of the mean of slopes (0.9). */
  readonly beta1?: number
  /** The decay of the mean of squared slopes (0.999). */
  readonly beta2?: number
  /** ε, added to the root (1e-8). */
  readonly epsilon?: number
}

export interface AdamOptions extends AdamScaling {
  /** α (0.001). */
  readonly learningRate?: number | Schedule
}

/** m̂ / (√v̂ + ε) times a factor, which joins the correction of m: a scalar, and not one product more for each element. */
const corrected = (
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamScaling,
  factor?: (moment: Moment<Leaves>) => Scalar,
  learningRate?: (moment: Moment<Leaves>) => Scalar,
): Optimiser => {
  required('adam', 'beta1', beta1, beta1 >= 0 && beta1 < 1)
  required('adam', 'beta2', beta2, beta2 >= 0 && beta2 < 1)
  required('adam', 'epsilon', epsilon, epsilon >= 0)
  return elementwise({
    name: 'adam',
    slots: { first: zerosLike, second: zerosLike },
    at: moment => {
      const t = updateNumber(moment)
      const correction = reciprocal(oneMinusPower(beta1, t))
      const scale = factor === undefined ? correction : mul(factor(moment))(correction)
      const root = pipe(oneMinusPower(beta2, t), sqrt, reciprocal)
      return (slope, slots) => {
        const first = decayed(beta1, slots.first, slope)
        const second = decayed(beta2, slots.second, square(slope))
        const deviation = pipe(second, sqrt, mul<readonly [], 'f32'>(root), add(epsilon))
        const change = pipe(first, mul<readonly [], 'f32'>(scale), div<Shape, 'f32'>(deviation))
        return { change, first, second }
      }
    },
    ...(learningRate === undefined ? {} : { learningRate }),
  })
}

/**
 * Adam's direction, without its rate: m̂ / (√v̂ + ε). For chains that do something with it before `scaleByLearningRate`; its state is that of `adam`.
 * @throws RangeError unless 0 ≤ β₁, β₂ < 1 and ε ≥ 0.
 */
export const scaleByAdam = (options: AdamScaling = {}): Optimiser => corrected(options)

/**
 * Adam with bias correction (Kingma and Ba 2015, algorithm 1), as torch.optim.Adam: with g the slope and t = 1, 2, …
 *
 *     m ← β₁m + (1 − β₁)g        v ← β₂v + (1 − β₂)g²
 *     change = −α/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
 *
 * m is the slot `first`, v the slot `second`.
 * @throws RangeError unless a number α > 0, 0 ≤ β₁, β₂ < 1 and ε ≥ 0.
 */
export const adam = ({ learningRate = 1e-3, ...options }: AdamOptions = {}): Optimiser => {
  const schedule = scheduleOf('adam', learningRate)
  const rate = (moment: Moment<Leaves>) => rateAt(schedule, moment)
  return corrected(options, moment => neg(rate(moment)), rate)
}
