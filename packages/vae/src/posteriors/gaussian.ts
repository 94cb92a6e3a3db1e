import { pipe } from 'fp-ts/lib/function.js'
import { exp, mul } from '@elbo/tensor'
import { Normal, toEvent, type Independent } from '@elbo/distributions'
import { followedBy, type Layer, type Network, type Rows } from '@elbo/nn'
import { halves } from '../halves.js'

/** Independent normal distributions, one row for each example: batch shape [batch], event shape [N]. */
export type Gaussian<N extends number> = Independent<Normal<[number, N]>, 1>

/** ln σ² before the first step, for every x. */
const initialLogVariance = -1

/**
 * A network as a conditional distribution, Norm[g_μ(x), g_Σ(x)] with a diagonal g_Σ: its last layer is widened to twice as many outputs, the
 * means followed by the log-variances. The paths stay those of the network.
 *
 * Before the first step ln σ² is −1 for every x: narrow enough for the decoder to make out z from the beginning. On Fashion-MNIST that is
 * worth some 2 nats of the bound after the first epoch and half a nat after five, against log-variances drawn like the means.
 */
export const gaussian = <P, In extends number, Out extends number, Wide>(
  network: Network<P, In, Out, Wide>,
): Layer<Wide, Rows<In>, Gaussian<Out>> =>
  pipe(
    halves(network, initialLogVariance),
    followedBy(
      ([loc, logVariance]: readonly [Rows<Out>, Rows<Out>]) =>
        pipe(Normal({ loc, scale: exp(mul(0.5)(logVariance)) }), toEvent(1)) as unknown as Gaussian<Out>,
    ),
  )
