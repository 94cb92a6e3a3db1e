import type { Schedule } from '../schedule/schedule.js'
import { momentum } from './momentum.js'
import { chain, type Optimiser } from './optimiser.js'
import { scaleByLearningRate } from './rate.js'

export interface SgdOptions {
  readonly learningRate: number | Schedule
  /** μ of `momentum`; without it nothing is kept. */
  readonly momentum?: number
  /** Nesterov's form of it (false). */
  readonly nesterov?: boolean
}

/**
 * Stochastic gradient descent (Robbins and Monro 1951): change = −α·g, with momentum −α·v, as torch.optim.SGD.
 * @throws RangeError unless a number α > 0; what `momentum` throws.
 */
export const sgd = ({ learningRate, momentum: decay, nesterov = false }: SgdOptions): Optimiser =>
  chain(...(decay === undefined ? [] : [momentum({ decay, nesterov })]), scaleByLearningRate(learningRate))
