import { pipe } from 'fp-ts/lib/function.js'
import { div, mul, slice, tanh, zeros, type Tensor } from '@elbo/tensor'
import {
  Normal,
  toEvent,
  transformed,
  transforms,
  type Independent,
  type Transform,
  type Transformed,
} from '@elbo/distributions'
import { made, sequence, zeros as atZero, type LinearParameters } from '@elbo/nn'
import type { Prior } from './prior.js'

/** What a flow makes of Norm[0, I], one distribution for each example. */
export type Flow<Z extends number> = Transformed<Independent<Normal<[number, Z]>, 1>, Transform<1, 1, true>>

/** Of each of its layers: the parameters of a masked network. */
export type FlowParameters = readonly (readonly LinearParameters<number, number>[])[]

export interface FlowOptions {
  /** Masked networks, one after the other. */
  readonly layers: number
  /** Widths of each network's hidden layers. */
  readonly hidden: readonly number[]
}

/** No layer stretches or narrows a code by more than e³ at a time: an exponential that has run away takes the whole bound along. */
const largestLogScale = 3

/**
 * P(z) as what a masked autoregressive flow makes of Norm[0, I] (Papamakarios, Pavlakou and Murray 2017): `layers` times
 * zᵢ = μᵢ(z₀ … zᵢ₋₁) + uᵢ·exp αᵢ(z₀ … zᵢ₋₁), by a masked network each, the order of the elements turned round between them. ln P of a draw of q is exact
 * and takes one pass; it is what inverse autoregressive flows (Kingma et al. 2016) give a posterior, the other way round (Chen et al. 2017, Variational
 * Lossy Autoencoder, 3.2). Draws take as many passes as there are dimensions, for all examples together. A flow begins as the identity, P(z) as
 * Norm[0, I]. Paths: `k.0.weight`, `k.0.bias`, `k.1.weight`, … of the k-th network from the side of z.
 * @throws RangeError `flow: layers must be a whole number from 1, but is 0`
 */
export const flow = <const Z extends number>(
  dimensions: Z,
  { layers, hidden }: FlowOptions,
): Prior<FlowParameters, unknown, Z, Flow<Z>> => {
  if (!Number.isInteger(layers) || layers < 1)
    throw new RangeError(`flow: layers must be a whole number from 1, but is ${layers}`)
  const n: number = dimensions
  const network = made(n, hidden, 2, { last: { weight: atZero, bias: atZero } })
  const turn = transforms.permute(Array.from({ length: n }, (_, i) => n - 1 - i))
  const placing = (own: FlowParameters[number]): Transform<1, 1, true> => {
    const run = network.apply(own)
    return transforms.autoregressive(y => {
      const both = run(y) as Tensor
      const bounded = tanh(div(largestLogScale)(slice(null, [n, 2 * n])(both)))
      return { loc: slice(null, [0, n])(both), logScale: mul(largestLogScale)(bounded) }
    })
  }
  return {
    init: sequence(...Array.from({ length: layers }, () => network)).init,
    apply: own => {
      // From u to z: what the parameters begin with comes last.
      const steps = own.map(placing).toReversed()
      const whole = transforms.compose(...steps.flatMap((step, i) => (i === 0 ? [step] : [turn, step])))
      return batch =>
        pipe(
          Normal({ loc: zeros([batch, dimensions]) as Tensor as Tensor<[number, Z]>, scale: 1 }),
          toEvent(1),
          transformed(whole),
        ) as unknown as Flow<Z>
    },
  }
}
