import { ones, zeros, type Gen, type Shape, type Tensor } from '@elbo/tensor'

/** What a normalising layer does after normalising: times `weight`, plus `bias`. They begin as 1 and 0. */
export interface ScaleParameters<S extends Shape> {
  readonly weight: Tensor<S, 'f32'>
  readonly bias: Tensor<S, 'f32'>
}

/** Weights of 1 and biases of 0. Draws nothing: the key passes through. */
export const unitScale =
  <S extends Shape>(shape: S): Gen<ScaleParameters<S>> =>
  key => [
    {
      weight: ones(shape as Shape) as Tensor as Tensor<S, 'f32'>,
      bias: zeros(shape as Shape) as Tensor as Tensor<S, 'f32'>,
    },
    key,
  ]
