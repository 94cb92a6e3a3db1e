import { pipe } from 'fp-ts/lib/function.js'
import { add, mul, zerosLike } from '@elbo/tensor'
import { elementwise } from './elementwise.js'
import type { Optimiser } from './optimiser.js'
import { required } from '../required.js'

export interface MomentumOptions {
  /** μ: how much of the velocity is kept (0.9). */
  readonly decay?: number
  /** Looks ahead along the velocity (false). */
  readonly nesterov?: boolean
}

/**
 * Momentum (Sutskever et al. 2013, eqs. 1 to 4), as torch.optim.SGD without dampening, where the rate multiplies the velocity and not the
 * slope that enters it: with g the slope
 *
 *     v ← μv + g        change = v, or g + μv for Nesterov's
 *
 * v is the slot `velocity`.
 * @throws RangeError unless 0 ≤ μ < 1.
 */
export const momentum = ({ decay = 0.9, nesterov = false }: MomentumOptions = {}): Optimiser => {
  required('momentum', 'decay', decay, decay >= 0 && decay < 1)
  return elementwise({
    name: 'momentum',
    slots: { velocity: zerosLike },
    at: () => (slope, slots) => {
      const velocity = pipe(slots.velocity, mul(decay), add(slope))
      return { change: nesterov ? pipe(velocity, mul(decay), add(slope)) : velocity, velocity }
    },
  })
}
