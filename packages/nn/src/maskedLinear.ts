import { add, constant, matmul, mul, ndarray, type Shape, type Tensor } from '@elbo/tensor'
import type { AffineOptions } from './affine.js'
import type { Layer, Rows } from './layer.js'
import { linear, type LinearParameters } from './linear.js'

/** Does an output read an input? Both are counted from 0. */
export type Mask = (input: number, output: number) => boolean

/**
 * x·(weight ∘ M) + bias on each row, with M 1 where `reads(input, output)` and 0 elsewhere: an output depends on the inputs that it reads alone.
 * Numbers of the weight that the mask hides have a gradient of 0, and keep their initial values. Paths: `weight` [in, out], `bias`.
 */
export const maskedLinear = <const In extends number, const Out extends number>(
  inputs: In,
  outputs: Out,
  reads: Mask,
  options: AffineOptions = {},
): Layer<LinearParameters<In, Out>, Rows<In>, Rows<Out>> => {
  const mask = constant(
    ndarray(
      Array.from({ length: inputs * outputs }, (_, at) =>
        reads(Math.floor(at / outputs), at % outputs) ? 1 : 0,
      ),
      [inputs, outputs],
    ),
  )
  return {
    init: linear(inputs, outputs, options).init,
    apply: ({ weight, bias }) => {
      const read: Tensor<Shape, 'f32'> = mul(mask)(weight)
      return x => {
        const y: Tensor<Shape, 'f32'> = matmul(read)(x)
        const z: Tensor<Shape, 'f32'> = add(bias)(y)
        return z as Rows<Out>
      }
    },
  }
}
