import { ge, mul, uniform, where, zerosLike, type Shape, type Tensor } from '@elbo/tensor'
import type { NoParameters } from './layer.js'
import type { ModalLayer, NoState } from './modal.js'

/**
 * While training, each number is 0 with probability `rate`, and divided by 1 − rate otherwise, so that its mean stays (Srivastava et al. 2014,
 * section 10); the layer's key decides which. While evaluating, the identity. Keeps any shape. No parameters, no state.
 * @throws RangeError `dropout: the rate 1 is not in [0, 1)`
 */
export const dropout = <X extends Tensor<Shape, 'f32'>>(
  rate: number,
): ModalLayer<NoParameters, NoState, X, X> => {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: the rate ${rate} is not in [0, 1)`)
  return {
    init: key => [{}, key],
    state: {},
    train: (_, state, key) => given => {
      const x: Tensor<Shape, 'f32'> = given
      const kept = ge(rate)(uniform(x.shape)(key))
      const y: Tensor<Shape, 'f32'> = where(
        mul(1 / (1 - rate))(x),
        zerosLike(x),
      )(kept as Tensor<Shape, 'bool'>)
      return [y as X, state]
    },
    evaluate: () => x => x,
  }
}
