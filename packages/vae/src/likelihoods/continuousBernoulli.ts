import { pipe } from 'fp-ts/lib/function.js'
import { ContinuousBernoulli, toEvent, type Independent } from '@elbo/distributions'
import { followedBy, type Layer, type Rows } from '@elbo/nn'

/** Independent continuous Bernoulli distributions, one row for each example. */
export type ContinuousBernoullis<N extends number> = Independent<ContinuousBernoulli<[number, N]>, 1>

/**
 * Intensities in [0, 1] as they are: the network's outputs are logits η, and ln p(x) is a density, in nats (Loaiza-Ganem and Cunningham 2019, The
 * continuous Bernoulli: fixing a pervasive error in variational autoencoders). The paths stay those of the network.
 */
export const continuousBernoulli = <P, In extends number, Out extends number>(
  network: Layer<P, Rows<In>, Rows<Out>>,
): Layer<P, Rows<In>, ContinuousBernoullis<Out>> =>
  pipe(
    network,
    followedBy(
      (logits: Rows<Out>) =>
        pipe(ContinuousBernoulli({ logits }), toEvent(1)) as unknown as ContinuousBernoullis<Out>,
    ),
  )
