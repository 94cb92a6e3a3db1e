import { pipe } from 'fp-ts/lib/function.js'
import { full, gt, lt, where, zerosLike, type Shape } from '@elbo/tensor'
import type { Schedule } from '../schedule/schedule.js'
import { decayed } from './decay.js'
import { elementwise } from './elementwise.js'
import { masked } from './masked.js'
import { chain, type Leaf, type Optimiser } from './optimiser.js'
import { required } from '../required.js'
import { scaleByLearningRate } from './rate.js'
import { weightDecay } from './weightDecay.js'

export interface LionScaling {
  /** How much of the mean enters the direction (0.9). */
  readonly beta1?: number
  /** The decay of the mean of slopes (0.99). */
  readonly beta2?: number
}

/**
 * Lion's direction (Chen et al. 2023, algorithm 2): with g the slope
 *
 *     change = sign(β₁m + (1 − β₁)g)        m ← β₂m + (1 − β₂)g
 *
 * m is the slot `mean`.
 * @throws RangeError unless 0 ≤ β₁, β₂ < 1.
 */
export const scaleByLion = ({ beta1 = 0.9, beta2 = 0.99 }: LionScaling = {}): Optimiser => {
  required('scaleByLion', 'beta1', beta1, beta1 >= 0 && beta1 < 1)
  required('scaleByLion', 'beta2', beta2, beta2 >= 0 && beta2 < 1)
  return elementwise({
    name: 'lion',
    slots: { mean: zerosLike },
    at: () => (slope, slots) => ({
      change: signOf(decayed(beta1, slots.mean, slope)),
      mean: decayed(beta2, slots.mean, slope),
    }),
  })
}

/** As `sign`, which keeps NaN too, by comparisons in place of a call: Lion has little else to compute. */
const signOf = (x: Leaf): Leaf => {
  const [one, minusOne]: readonly Leaf[] = [full(x.shape, 1), full(x.shape, -1)]
  return pipe(x, gt(0), where<Shape, Shape, 'f32'>(one, pipe(x, lt(0), where(minusOne, x))))
}

export interface LionOptions extends LionScaling {
  /** α (0.0001): a third to a tenth of what suits Adam. */
  readonly learningRate?: number | Schedule
  /** λ (0). */
  readonly decay?: number
  /** Which parameters decay, by their key paths (all). */
  readonly decays?: (path: string) => boolean
}

/** Lion: −α · (sign(…) + λ·parameter), all changes of one size. */
export const lion = ({
  learningRate = 1e-4,
  decay = 0,
  decays = () => true,
  ...options
}: LionOptions = {}): Optimiser =>
  chain(scaleByLion(options), masked(decays)(weightDecay(decay)), scaleByLearningRate(learningRate))
