import { pipe } from 'fp-ts/lib/function.js'
import { add, clip, minimum, mul, reciprocal, sqrt, square, stack, sum } from '@elbo/tensor'
import { elementwise, mapLeaves } from './elementwise.js'
import { ofLinks, type Leaves, type Optimiser, type Scalar } from './optimiser.js'
import { required } from '../required.js'

/**
 * Holds each element between −bound and bound, as torch.nn.utils.clip_grad_value_.
 * @throws RangeError unless bound > 0.
 */
export const clipByValue = (bound: number): Optimiser => {
  required('clipByValue', 'bound', bound, bound > 0)
  return elementwise<never>({
    name: 'clipByValue',
    slots: {},
    at: () => change => ({ change: clip(-bound, bound)(change) }),
  })
}

/** The root of the sum of squares over all leaves. */
const globalNorm = (leaves: Leaves): Scalar => {
  const squares = Object.values(leaves).map((leaf): Scalar => sum()(square(leaf)))
  return sqrt(sum()(stack(0)(squares)))
}

/**
 * Scales all leaves alike so that the norm over all of them is at most `bound` (Pascanu, Mikolov and Bengio 2013, algorithm 1), as
 * torch.nn.utils.clip_grad_norm_: by min(1, bound / (norm + 10⁻⁶)). It reads all slopes before the first change, and so costs a pass of its own.
 * @throws RangeError unless bound > 0.
 */
export const clipByGlobalNorm = (bound: number): Optimiser => {
  required('clipByGlobalNorm', 'bound', bound, bound > 0)
  return ofLinks([
    {
      name: 'clipByGlobalNorm',
      init: () => ({}),
      update: change => {
        if (Object.keys(change).length === 0) return { change, state: {} }
        const scale = pipe(globalNorm(change), add(1e-6), reciprocal, mul(bound), minimum(1))
        return { change: mapLeaves(leaf => mul<readonly [], 'f32'>(scale)(leaf))(change), state: {} }
      },
    },
  ])
}
