import { bits, cast, shiftRight, type Draw, type Shape, type Tensor } from '@elbo/tensor'
import { plus, times, type Real } from '../arithmetic.js'

/** Uniform on (0, 1), neither end included: (k + ½)·2⁻²³ for a random k of 23 bits, exact in single precision. */
export const openUniform =
  (shape: Shape): Draw<Real> =>
  key => {
    const words = bits(shape)(key) as Tensor<Shape, 'u32'>
    const k = cast('f32')(shiftRight(9)(words))
    return times(plus(k, 0.5), 2 ** -23)
  }
