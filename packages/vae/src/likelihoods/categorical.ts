import { pipe } from 'fp-ts/lib/function.js'
import { reshape, type Tensor } from '@elbo/tensor'
import {
  Categorical,
  onUnitInterval,
  toEvent,
  type Independent,
  type OnUnitInterval,
} from '@elbo/distributions'
import type { Layer, Network, Rows } from '@elbo/nn'

/** A choice among levels of [0, 1] for each pixel, independent of the others, one row for each example. */
export type Categoricals<N extends number> = Independent<OnUnitInterval<Categorical<[number, N]>>, 1>

/**
 * Intensities rounded to `levels` of them, and for each a probability of its own: ln P(x) is the logarithm of a probability, in nats. The network's
 * last layer is widened to `levels` times as many outputs: those of the first pixel, a logit for each level from black to white, then those of the
 * second. The paths stay those of the network.
 * @throws RangeError `categorical: levels must be a whole number from 2, but is 1`
 */
export const categorical = (levels: number) => {
  if (!Number.isInteger(levels) || levels < 2)
    throw new RangeError(`categorical: levels must be a whole number from 2, but is ${levels}`)
  return <P, In extends number, Out extends number, Wide>(
    network: Network<P, In, Out, Wide>,
  ): Layer<Wide, Rows<In>, Categoricals<Out>> => {
    const n: number = network.outputs
    const wide = network.withOutputs(n * levels)
    return {
      init: wide.init,
      apply: parameters => {
        const outputs = wide.apply(parameters)
        return z => {
          const logits = reshape([-1, n, levels])(outputs(z) as Tensor)
          return pipe(Categorical({ logits }), onUnitInterval, toEvent(1)) as unknown as Categoricals<Out>
        }
      },
    }
  }
}
