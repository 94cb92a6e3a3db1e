import { add, matmul, type Shape, type Tensor } from '@elbo/tensor'
import { affine, type Affine, type AffineOptions, type UnbiasedOptions } from './affine.js'
import type { Layer, Rows } from './layer.js'
import type { AnyLayer } from './modal.js'

export interface LinearParameters<In extends number, Out extends number> {
  readonly weight: Tensor<readonly [In, Out], 'f32'>
  readonly bias: Tensor<readonly [Out], 'f32'>
}

export type LinearOptions = AffineOptions

/**
 * x·weight + bias on each row. The weight is [in, out] (PyTorch's `nn.Linear` keeps its transpose); `bias: false` leaves the bias out.
 * Paths: `weight`, `bias`.
 */
export function linear<const In extends number, const Out extends number>(
  inputs: In,
  outputs: Out,
  options: UnbiasedOptions,
): Layer<Pick<LinearParameters<In, Out>, 'weight'>, Rows<In>, Rows<Out>>
export function linear<const In extends number, const Out extends number>(
  inputs: In,
  outputs: Out,
  options?: LinearOptions,
): Layer<LinearParameters<In, Out>, Rows<In>, Rows<Out>>
export function linear(
  inputs: number,
  outputs: number,
  options: LinearOptions | UnbiasedOptions = {},
): AnyLayer {
  return {
    init: affine(options, { in: inputs, out: outputs }, [inputs, outputs], outputs),
    apply:
      ({ weight, bias }: Affine) =>
      (x: Rows<number>) => {
        const y: Tensor<Shape, 'f32'> = matmul(weight)(x)
        return bias === undefined ? y : add(bias)(y)
      },
  }
}
