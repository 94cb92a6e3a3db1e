import { add, mul, ShapeError, type Shape, type Tensor } from '@elbo/tensor'
import type { Layer } from './layer.js'
import { unitScale, type ScaleParameters } from './scale.js'
import { standardised } from './standardise.js'

export interface NormOptions {
  /** Added to the variance; 1e-5 unless told. */
  readonly epsilon?: number
}

/** `7` and `[7]` are the same axes. */
type AxesOf<S extends number | Shape> = S extends Shape ? readonly [...S] : readonly [S & number]

/**
 * (x − mean)/√(variance + ε) · weight + bias, mean and variance of each example over all its axes (Ba, Kiros and Hinton 2016, eq. 4):
 * `layerNorm(64)` for rows, `layerNorm([8, 14, 14])` for images, `perToken(layerNorm(64))` for each token of a sequence. Weight and bias are
 * [...shape], and begin as 1 and 0. Paths: `weight`, `bias`, as PyTorch's `nn.LayerNorm`.
 * @throws ShapeError `layerNorm: [2, 4]: an example is [4], not [3]`
 */
export const layerNorm = <const S extends number | readonly number[]>(
  shape: S,
  { epsilon = 1e-5 }: NormOptions = {},
): Layer<
  ScaleParameters<AxesOf<S>>,
  Tensor<readonly [number, ...AxesOf<S>], 'f32'>,
  Tensor<readonly [number, ...AxesOf<S>], 'f32'>
> => {
  const axes: readonly number[] = typeof shape === 'number' ? [shape] : shape
  return {
    init: unitScale(axes as AxesOf<S>),
    apply: ({ weight, bias }) => {
      const [times, plus]: readonly Tensor<Shape, 'f32'>[] = [weight, bias]
      return x => {
        const [, ...example]: Shape = x.shape as Shape
        if (example.join() !== axes.join()) {
          throw new ShapeError(
            `layerNorm: [${(x.shape as Shape).join(', ')}]: an example is [${example.join(', ')}], not [${axes.join(', ')}]`,
          )
        }
        const { value } = standardised(
          x,
          axes.map((_, i) => i + 1),
          epsilon,
        )
        return add(plus)(mul(times)(value)) as typeof x
      }
    },
  }
}
