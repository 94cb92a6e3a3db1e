import { pipe } from 'fp-ts/lib/function.js'
import { add, div, maximum, sqrt, square, sub, zerosLike, type Shape } from '@elbo/tensor'
import type { Schedule } from '../schedule/schedule.js'
import { decayed } from './decay.js'
import { elementwise } from './elementwise.js'
import { momentum } from './momentum.js'
import { chain, type Optimiser } from './optimiser.js'
import { required } from '../required.js'
import { scaleByLearningRate } from './rate.js'

export interface RmsOptions {
  /** ρ: the decay of the mean of squared slopes (0.99). */
  readonly decay?: number
  /** ε, added to the root (1e-8). */
  readonly epsilon?: number
  /** Divides by the standard deviation of the slopes in place of their root mean square (false). */
  readonly centred?: boolean
}

/**
 * Divides slopes by their running root mean square (Tieleman and Hinton 2012; centred: Graves 2013, eqs. 38 to 40), as torch.optim.RMSprop, which
 * adds ε outside the root where Graves has it inside: with g the slope
 *
 *     v ← ρv + (1 − ρ)g²        change = g / (√v + ε)
 *     m ← ρm + (1 − ρ)g         change = g / (√(v − m²) + ε), centred
 *
 * v is the slot `second`, m the slot `first`. A v − m² that rounding makes negative counts as 0.
 * @throws RangeError unless 0 ≤ ρ < 1 and ε ≥ 0.
 */
export const scaleByRms = ({ decay = 0.99, epsilon = 1e-8, centred = false }: RmsOptions = {}): Optimiser => {
  required('scaleByRms', 'decay', decay, decay >= 0 && decay < 1)
  required('scaleByRms', 'epsilon', epsilon, epsilon >= 0)
  return centred
    ? elementwise({
        name: 'rms',
        slots: { first: zerosLike, second: zerosLike },
        at: () => (slope, slots) => {
          const first = decayed(decay, slots.first, slope)
          const second = decayed(decay, slots.second, square(slope))
          const deviation = pipe(second, sub<Shape, 'f32'>(square(first)), maximum(0), sqrt)
          return { change: pipe(slope, div<Shape, 'f32'>(add(epsilon)(deviation))), first, second }
        },
      })
    : elementwise({
        name: 'rms',
        slots: { second: zerosLike },
        at: () => (slope, slots) => {
          const second = decayed(decay, slots.second, square(slope))
          return { change: pipe(slope, div<Shape, 'f32'>(pipe(second, sqrt, add(epsilon)))), second }
        },
      })
}

export interface RmspropOptions extends RmsOptions {
  /** α (0.01). */
  readonly learningRate?: number | Schedule
  /** μ of a momentum over the scaled slopes; without it none. */
  readonly momentum?: number
}

/** `scaleByRms`, then momentum where asked for, then −α. */
export const rmsprop = ({
  learningRate = 0.01,
  momentum: decay,
  ...options
}: RmspropOptions = {}): Optimiser =>
  chain(
    scaleByRms(options),
    ...(decay === undefined ? [] : [momentum({ decay })]),
    scaleByLearningRate(learningRate),
  )
