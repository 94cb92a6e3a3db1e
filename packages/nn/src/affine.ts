import { draw, type Gen, type Shape, type Tensor } from '@elbo/tensor'
import { fanInUniform, type Fan, type Initialiser } from './initialisers.js'

/** How a weight and the bias beside it begin. */
export interface AffineOptions {
  /** `fanInUniform` unless told. */
  readonly weight?: Initialiser
  /** `fanInUniform` unless told. */
  readonly bias?: Initialiser
}

/** As `AffineOptions`, for a map without a bias. */
export interface UnbiasedOptions {
  readonly weight?: Initialiser
  readonly bias: false
}

export interface Affine {
  readonly weight: Tensor<Shape, 'f32'>
  readonly bias?: Tensor<Shape, 'f32'>
}

/** Draws a weight and, unless there is none, a bias of `outputs` numbers. */
export const affine = (
  { weight = fanInUniform, bias = fanInUniform }: AffineOptions | UnbiasedOptions,
  fan: Fan,
  shape: Shape,
  outputs: number,
): Gen<Affine> => {
  const drawWeight = draw(weight(fan)(shape))
  if (bias === false) {
    return key => {
      const [drawn, next] = drawWeight(key)
      return [{ weight: drawn }, next]
    }
  }
  const drawBias = draw(bias(fan)([outputs]))
  return key => {
    const [drawnWeight, next] = drawWeight(key)
    const [drawnBias, last] = drawBias(next)
    return [{ weight: drawnWeight, bias: drawnBias }, last]
  }
}
