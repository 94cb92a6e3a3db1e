import { pipe } from 'fp-ts/lib/function.js'
import { add, draw, matmul, type Tensor } from '@elbo/tensor'
import { fanInUniform, type Initialiser } from './initialisers.js'
import type { Layer, Rows } from './layer.js'

export interface LinearParameters<In extends number, Out extends number> {
  readonly weight: Tensor<readonly [In, Out], 'f32'>
  readonly bias: Tensor<readonly [Out], 'f32'>
}

export interface LinearOptions {
  /** `fanInUniform` unless told. */
  readonly weight?: Initialiser
  /** `fanInUniform` unless told. */
  readonly bias?: Initialiser
}

/** x·weight + bias on each row. The weight is [in, out] (PyTorch's `nn.Linear` keeps its transpose). Paths: `weight`, `bias`. */
export const linear = <const In extends number, const Out extends number>(
  inputs: In,
  outputs: Out,
  { weight = fanInUniform, bias = fanInUniform }: LinearOptions = {},
): Layer<LinearParameters<In, Out>, Rows<In>, Rows<Out>> => {
  const fan = { in: inputs, out: outputs }
  const drawWeight = draw(weight(fan)([inputs, outputs]))
  const drawBias = draw(bias(fan)([outputs]))
  return {
    init: key => {
      const [drawnWeight, next] = drawWeight(key)
      const [drawnBias, last] = drawBias(next)
      return [{ weight: drawnWeight, bias: drawnBias }, last]
    },
    apply: parameters => x => pipe(x, matmul(parameters.weight), add(parameters.bias)),
  }
}
