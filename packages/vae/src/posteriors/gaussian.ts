import { pipe } from 'fp-ts/lib/function.js'
import { concat, exp, full, mul, slice, zeros, type Shape, type Tensor } from '@elbo/tensor'
import { Normal, toEvent, type Independent } from '@elbo/distributions'
import type { Layer, LinearOptions, Network, Rows } from '@elbo/nn'

/** Independent normal distributions, one row for each example: batch shape [batch], event shape [N]. */
export type Gaussian<N extends number> = Independent<Normal<[number, N]>, 1>

/** ln σ² before the first step, for every x. */
const initialLogVariance = -1

/** The head's layer: the means' half begins as the network's own layers do, the log-variances' half as a constant. */
const head =
  (n: number) =>
  ({ weight, bias }: Required<LinearOptions>): LinearOptions => ({
    weight:
      fan =>
      <const S extends Shape>(shape: S) =>
      drawing =>
        concat(1)([weight(fan)([shape[0], n])(drawing), zeros([shape[0], n])]) as Tensor as Tensor<
          [...S],
          'f32'
        >,
    bias:
      fan =>
      <const S extends Shape>(_: S) =>
      drawing =>
        concat(0)([bias(fan)([n])(drawing), full([n], initialLogVariance)]) as Tensor as Tensor<
          [...S],
          'f32'
        >,
  })

/**
 * A network as a conditional distribution, Norm[g_μ(x), g_Σ(x)] with a diagonal g_Σ: its last layer is widened to twice as many outputs, the
 * means followed by the log-variances. The paths stay those of the network.
 *
 * Before the first step ln σ² is −1 for every x: narrow enough for the decoder to make out z from the beginning. On Fashion-MNIST that is
 * worth some 2 nats of the bound after the first epoch and half a nat after five, against log-variances drawn like the means.
 */
export const gaussian = <P, In extends number, Out extends number, Wide>(
  network: Network<P, In, Out, Wide>,
): Layer<Wide, Rows<In>, Gaussian<Out>> => {
  const n: number = network.outputs
  const wide = network.withOutputs(2 * n, head(n))
  return {
    init: wide.init,
    apply: parameters => {
      const both = wide.apply(parameters)
      return x => {
        const y: Tensor<Shape, 'f32'> = both(x)
        const loc = slice(null, [0, n])(y) as Tensor as Tensor<[number, Out]>
        const logVariance = slice(null, [n, 2 * n])(y) as Tensor as Tensor<[number, Out]>
        return pipe(Normal({ loc, scale: exp(mul(0.5)(logVariance)) }), toEvent(1))
      }
    },
  }
}
