import { add, mul, reshape, type Shape, type Tensor } from '@elbo/tensor'

/** One number for each channel, [C], in the shape that broadcasts over [batch, C, …] of a rank. */
export const overChannels = (values: Tensor<Shape, 'f32'>, rank: number): Tensor<Shape, 'f32'> =>
  reshape([1, -1, ...Array.from({ length: rank - 2 }, () => 1)])(values)

/** A bias for each channel, where there is one. */
export const biased = (
  x: Tensor<Shape, 'f32'>,
  bias: Tensor<Shape, 'f32'> | undefined,
): Tensor<Shape, 'f32'> => (bias === undefined ? x : add(overChannels(bias, x.shape.length))(x))

/** x · weight + bias, one of each for every channel. */
export const scaled = (
  x: Tensor<Shape, 'f32'>,
  { weight, bias }: { readonly weight: Tensor<Shape, 'f32'>; readonly bias: Tensor<Shape, 'f32'> },
): Tensor<Shape, 'f32'> => {
  const times: Tensor<Shape, 'f32'> = mul(overChannels(weight, x.shape.length))(x)
  return biased(times, bias)
}
