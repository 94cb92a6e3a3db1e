import { concat, full, slice, zeros, type Shape, type Tensor } from '@elbo/tensor'
import type { Layer, LinearOptions, Network, Rows } from '@elbo/nn'

/** The last layer: its first half begins as the network's own layers do, its second as a constant. */
const last =
  (n: number, initial: number) =>
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
        concat(0)([bias(fan)([n])(drawing), full([n], initial)]) as Tensor as Tensor<[...S], 'f32'>,
  })

/**
 * A network with two numbers for each of its outputs, [the first of all, the second of all]: its last layer is widened. The second numbers begin as
 * `initial`, whatever the input. The paths stay those of the network.
 */
export const halves = <P, In extends number, Out extends number, Wide>(
  network: Network<P, In, Out, Wide>,
  initial: number,
): Layer<Wide, Rows<In>, readonly [Rows<Out>, Rows<Out>]> => {
  const n: number = network.outputs
  const wide = network.withOutputs(2 * n, last(n, initial))
  return {
    init: wide.init,
    apply: parameters => {
      const both = wide.apply(parameters)
      return x => {
        const y: Tensor<Shape, 'f32'> = both(x)
        const half = (from: number) => slice(null, [from, from + n])(y) as Tensor as Rows<Out>
        return [half(0), half(n)]
      }
    },
  }
}
