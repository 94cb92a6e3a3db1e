import {
  concat,
  cos,
  draw,
  matmul,
  mul,
  normal,
  ShapeError,
  sin,
  stopGradient,
  type Tensor,
} from '@elbo/tensor'
import type { Layer, Rows } from './layer.js'

export interface FourierParameters<In extends number> {
  readonly frequencies: Tensor<readonly [In, number], 'f32'>
}

export interface FourierOptions {
  /** The standard deviation of the frequencies, in periods for each unit of the input; 1 unless told. */
  readonly deviation?: number
}

/**
 * Random Fourier features (Tancik et al. 2020, eq. 5 and section 6.1): rows v of `inputs` numbers as sin(2πv·F) and then cos(2πv·F), F
 * [inputs, width / 2] drawn once from Norm[0, deviation²]. F is kept with the parameters but not trained: its gradient is zero, and an
 * optimiser that decays weights has to leave it out. Path: `frequencies`.
 * @throws ShapeError `fourier: the width 5 is not an even number from 2 on`
 */
export const fourier = <const In extends number, const Width extends number>(
  inputs: In,
  width: Width,
  { deviation = 1 }: FourierOptions = {},
): Layer<FourierParameters<In>, Rows<In>, Rows<Width>> => {
  const half = width / 2
  if (!Number.isSafeInteger(half) || half < 1)
    throw new ShapeError(`fourier: the width ${width as number} is not an even number from 2 on`)
  const drawn = draw(key => mul(deviation)(normal([inputs as number, half])(key)))
  return {
    init: key => {
      const [frequencies, next] = drawn(key)
      return [{ frequencies: frequencies as Tensor as FourierParameters<In>['frequencies'] }, next]
    },
    apply: ({ frequencies }) => {
      const fixed = stopGradient(frequencies as Tensor<readonly [number, number], 'f32'>)
      return v => {
        const phases = mul(2 * Math.PI)(matmul(fixed)(v as Rows<number>))
        return concat(1)([sin(phases), cos(phases)]) as Tensor as Rows<Width>
      }
    },
  }
}
