import type { Layer, Rows } from '@elbo/nn'
import { bernoulli, binarised, thresholded } from '../likelihoods/bernoulli.js'
import { categorical } from '../likelihoods/categorical.js'
import { continuousBernoulli } from '../likelihoods/continuousBernoulli.js'
import { discretisedLogistic, logisticLevels } from '../likelihoods/discretisedLogistic.js'
import { intensities } from '../likelihoods/intensities.js'
import { inLevels } from '../likelihoods/levels.js'
import { leastDeviation, normal, normalOfLearnedScale, normalOfPixelScales } from '../likelihoods/normal.js'
import type { OverPixels, PixelView } from '../likelihoods/likelihood.js'
import { above, oneOf, rowOf, wholeFrom, settings, type Chosen, type Kind } from './codec.js'
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

/** Whose σ is the same for all pixels, learned or not, or a pixel's own. */
const normals: Readonly<
  Record<'fixed' | 'learned' | 'per-pixel', (scale?: number) => (network: AnyNetwork) => AnyDecoder>
> = {
  fixed: normal,
  learned: scale => network => normalOfLearnedScale(scale)(network) as unknown as AnyDecoder,
  'per-pixel': normalOfPixelScales,
}

export const likelihoods = {
  bernoulli: kind({
    codec: settings({}, { binarise: oneOf('dynamic', 'threshold') }),
    head: (_, network) => bernoulli(network),
    pixels: ({ binarise = 'dynamic' }) => (binarise === 'dynamic' ? binarised : thresholded),
  }),
  'continuous-bernoulli': kind({
    codec: settings({}, {}),
    head: (_, network) => continuousBernoulli(network),
    pixels: () => intensities,
  }),
  normal: kind({
    codec: settings({ variance: oneOf('fixed', 'learned', 'per-pixel') }, { scale: above(leastDeviation) }),
    head: ({ variance, scale }, network) => normals[variance](scale)(network),
    pixels: () => intensities,
  }),
  'discretised-logistic': kind({
    codec: settings({}, {}),
    head: (_, network) => discretisedLogistic(network),
    pixels: () => logisticLevels,
  }),
  categorical: kind({
    codec: settings({ levels: wholeFrom(2) }, {}),
    head: ({ levels }, network) => categorical(levels)(network),
    pixels: ({ levels }) => inLevels(levels),
  }),
}

export type LikelihoodSettings = Chosen<typeof likelihoods>

export const likelihoodKind = (choice: LikelihoodSettings): LikelihoodKind<LikelihoodSettings> =>
  rowOf(likelihoods, choice)
