import { pipe } from 'fp-ts/lib/function.js'
import { bernoulli as drawn, cast, ge, type Tensor } from '@elbo/tensor'
import { Bernoulli, toEvent, type Independent } from '@elbo/distributions'
import type { Layer, Rows } from '@elbo/nn'
import type { PixelView } from './likelihood.js'

/** Independent truth values, one row for each example: batch shape [batch], event shape [N]. */
export type BernoulliPixels<N extends number> = Independent<Bernoulli<[number, N]>, 1>

/**
 * A network as a conditional distribution of binary pixels: its outputs are logits, P(x = 1) = σ(logit). ln P(x) is finite for every finite
 * logit. The paths stay those of the network.
 */
export const bernoulli = <P, In extends number, Out extends number>(
  network: Layer<P, Rows<In>, Rows<Out>>,
): Layer<P, Rows<In>, BernoulliPixels<Out>> => ({
  init: network.init,
  apply: parameters => {
    const logits = network.apply(parameters)
    return z => pipe(Bernoulli({ logits: logits(z) as Tensor<[number, Out]> }), toEvent(1))
  },
})

/** Pixels as truth values, drawn anew whenever they are seen, each with its intensity as the probability (dynamic binarisation). */
export const binarised: PixelView = {
  observe: (intensities, key) => cast('f32')(drawn(intensities)(key)),
  picture: pixels => pixels.mean(),
}

/** Pixels as truth values: the bright half of the intensities is 1. */
export const thresholded: PixelView = {
  observe: intensities => cast('f32')(ge(0.5)(intensities)),
  picture: pixels => pixels.mean(),
}
