import { pipe } from 'fp-ts/lib/function.js'
import { add, mul } from '@elbo/tensor'
import { elementwise } from './elementwise.js'
import type { Optimiser } from './optimiser.js'
import { required } from '../required.js'

/**
 * change ← change + λ·parameter. Its place decides what it is: before the scaling of slopes, the slope of an L₂ penalty of λ/2·|parameters|²
 * (`weight_decay` of torch.optim.SGD and Adam); between it and `scaleByLearningRate`, decoupled weight decay (Loshchilov and Hutter 2019).
 * @throws RangeError unless λ ≥ 0.
 */
export const weightDecay = (decay: number): Optimiser => {
  required('weightDecay', 'decay', decay, decay >= 0)
  return elementwise<never>({
    name: 'weightDecay',
    slots: {},
    at: () => (change, _, parameter) => ({ change: add(change)(pipe(parameter, mul(decay))) }),
  })
}
