import { mul, sigmoid } from '@elbo/tensor'
import { block } from './block.js'
import type { Layer, Rows } from './layer.js'
import { linear, type LinearOptions, type LinearParameters } from './linear.js'

export interface GatedLinearParameters<In extends number, Out extends number> {
  readonly value: LinearParameters<In, Out>
  readonly gate: LinearParameters<In, Out>
}

/**
 * A gated linear unit (Dauphin et al. 2017, eq. 1) on each row: (x·V + b) ⊙ σ(x·W + c), two linear maps of one width, `value` and `gate`,
 * each as `linear` has it. PyTorch's `glu` of a linear layer of twice the width. `weight` and `bias` initialise both maps.
 * Paths: `value.weight`, `value.bias`, `gate.weight`, `gate.bias`.
 */
export const gatedLinear = <const In extends number, const Out extends number>(
  inputs: In,
  outputs: Out,
  options: LinearOptions = {},
): Layer<GatedLinearParameters<In, Out>, Rows<In>, Rows<Out>> =>
  block(
    { value: linear(inputs, outputs, options), gate: linear(inputs, outputs, options) },
    ({ value, gate }) =>
      (x: Rows<In>): Rows<Out> =>
        mul(sigmoid(gate(x)))(value(x)),
  )
