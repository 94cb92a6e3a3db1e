import { concat, cos, mul, reshape, ShapeError, sin, tensor, type Tensor } from '@elbo/tensor'
import { layerOf, type Layer, type NoParameters, type Rows } from './layer.js'

export interface SinusoidalOptions {
  /** The longest wavelength is 2π times this; 10,000 unless told. */
  readonly period?: number
}

/**
 * Positions or times, f32[n], as rows of width w: sin(t·ωₖ) for k = 0 … w/2 − 1, then cos(t·ωₖ), with ωₖ = period^(−2k/w) (Vaswani et al. 2017,
 * section 3.5, which has sines and cosines in turn). `sinusoidal(64).apply({})(arange(100))` is the table for 100 positions. No parameters.
 * @throws ShapeError `sinusoidal: the width 5 is not an even number from 2 on`
 */
export const sinusoidal = <const Width extends number>(
  width: Width,
  { period = 10_000 }: SinusoidalOptions = {},
): Layer<NoParameters, Tensor<readonly [number], 'f32'>, Rows<Width>> => {
  const half = width / 2
  if (!Number.isSafeInteger(half) || half < 1)
    throw new ShapeError(`sinusoidal: the width ${width as number} is not an even number from 2 on`)
  const frequencies = tensor(
    Float32Array.from({ length: half }, (_, k) => period ** (-k / half)),
    [half],
  )
  return layerOf(times => {
    const phases = mul(frequencies)(reshape([times.shape[0], 1])(times))
    return concat(1)([sin(phases), cos(phases)]) as Tensor as Rows<Width>
  })
}
