import type { Layer, Rows } from '@elbo/nn'
import { bernoulli, binarised, thresholded } from '../likelihoods/bernoulli.js'
import type { OverPixels, PixelView } from '../likelihoods/likelihood.js'
import { oneOf, rowOf, settings, type Chosen, type Kind } from './codec.js'
import type { AnyNetwork } from './networks.js'

/** A decoder whose parameters the compiler does not know. */
export type AnyDecoder = Layer<object, Rows<number>, OverPixels<number>>

export interface LikelihoodKind<S> extends Kind<S> {
  /** The network of a decoder as a distribution over pixels. */
  readonly head: (settings: S, network: AnyNetwork) => AnyDecoder
  /** What pixels are observed of a picture, and what picture pixels show. */
  readonly pixels: (settings: S) => PixelView
}

const kind = <S>(row: LikelihoodKind<S>): LikelihoodKind<S> => row

export const likelihoods = {
  bernoulli: kind({
    codec: settings({}, { binarise: oneOf('dynamic', 'threshold') }),
    head: (_, network) => bernoulli(network),
    pixels: ({ binarise = 'dynamic' }) => (binarise === 'dynamic' ? binarised : thresholded),
  }),
}

export type LikelihoodSettings = Chosen<typeof likelihoods>

export const likelihoodKind = (choice: LikelihoodSettings): LikelihoodKind<LikelihoodSettings> =>
  rowOf(likelihoods, choice)
