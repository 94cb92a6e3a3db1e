import { pipe } from 'fp-ts/lib/function.js'
import { add, div, full, sqrt, square, type Shape } from '@elbo/tensor'
import type { Schedule } from '../schedule/schedule.js'
import { elementwise } from './elementwise.js'
import { chain, type Leaf, type Optimiser } from './optimiser.js'
import { required } from '../required.js'
import { scaleByLearningRate } from './rate.js'

export interface AdagradScaling {
  /** ε, added to the root (1e-10). */
  readonly epsilon?: number
  /** What the sum begins with (0). */
  readonly initial?: number
}

/**
 * Divides slopes by the root of the sum of their squares (Duchi, Hazan and Singer 2011, section 1.3, diagonal), as torch.optim.Adagrad: with
 * g the slope
 *
 *     s ← s + g²        change = g / (√s + ε)
 *
 * s is the slot `sum`.
 * @throws RangeError unless ε ≥ 0 and the initial sum ≥ 0.
 */
export const scaleByAdagrad = ({ epsilon = 1e-10, initial = 0 }: AdagradScaling = {}): Optimiser => {
  required('scaleByAdagrad', 'epsilon', epsilon, epsilon >= 0)
  required('scaleByAdagrad', 'initial', initial, initial >= 0)
  return elementwise({
    name: 'adagrad',
    slots: { sum: ({ shape }): Leaf => full(shape, initial) },
    at: () => (slope, slots) => {
      const sum = add<Shape, 'f32'>(square(slope))(slots.sum)
      return { change: pipe(slope, div<Shape, 'f32'>(pipe(sum, sqrt, add(epsilon)))), sum }
    },
  })
}

export interface AdagradOptions extends AdagradScaling {
  /** α (0.01). */
  readonly learningRate?: number | Schedule
}

/** `scaleByAdagrad`, then −α. */
export const adagrad = ({ learningRate = 0.01, ...options }: AdagradOptions = {}): Optimiser =>
  chain(scaleByAdagrad(options), scaleByLearningRate(learningRate))
