import type { Schedule } from '../schedule/schedule.js'
import { scaleByAdam, type AdamScaling } from './adam.js'
import { masked } from './masked.js'
import { chain, type Optimiser } from './optimiser.js'
import { scaleByLearningRate } from './rate.js'
import { weightDecay } from './weightDecay.js'

export interface AdamWOptions extends AdamScaling {
  /** α (0.001). */
  readonly learningRate?: number | Schedule
  /** λ (0.01). */
  readonly decay?: number
  /** Which parameters decay, by their key paths (all). */
  readonly decays?: (path: string) => boolean
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), as torch.optim.AdamW, where the rate multiplies the decay too:
 *
 *     change = −α · (m̂ / (√v̂ + ε) + λ·parameter)
 *
 * @throws RangeError unless a number α > 0, 0 ≤ β₁, β₂ < 1, ε ≥ 0 and λ ≥ 0.
 */
export const adamW = ({
  learningRate = 1e-3,
  decay = 0.01,
  decays = () => true,
  ...options
}: AdamWOptions = {}): Optimiser =>
  chain(scaleByAdam(options), masked(decays)(weightDecay(decay)), scaleByLearningRate(learningRate))
