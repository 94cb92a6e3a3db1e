import { cast, mean, mul, neg, tensor, type Tensor } from '@elbo/tensor'
import {
  drawnPictures,
  observing,
  picturesOf,
  type GaussianVae,
  type ImageModel,
  type ImageParameters,
  type PixelInput,
} from '../image-model.js'
import { withoutLabels } from '../labelled.js'
import type { OverPixels, PixelView } from '../likelihoods/likelihood.js'
import type { ElboLossOptions } from '../objectives/elbo.js'
import type { Objective } from '../objectives/objective.js'
import type { Gaussian } from '../posteriors/gaussian.js'
import type { ConditionalVae, Labels } from './conditional.js'
import type { HierarchicalVae } from './hierarchical.js'
import type { Vq } from './vq.js'

type Scalar = Tensor<readonly []>

/** So many labels in equal parts, the first class first. */
const eachClass = (classes: number, count: number): Labels =>
  tensor(
    Array.from({ length: count }, (_, i) => Math.floor((i * classes) / count)),
    [count],
    'i32',
  )

/**
 * A VAE of pictures given a label as a model of pictures. The bound is one of ln P(x | y), and an objective is that of the batch's labels.
 * @throws RangeError, when applied, where labels are missing.
 */
export const conditionalImages = (
  model: ConditionalVae<ImageParameters, Gaussian<number>, OverPixels<number>>,
  classes: number,
  pixels: PixelView,
  objective: (examples: number) => (model: GaussianVae) => Objective<ImageParameters>,
): ImageModel => {
  const given = (labels: PixelInput['labels']): GaussianVae => {
    if (labels === undefined) throw withoutLabels(classes)
    return model.given(labels)
  }
  return {
    classes,
    ...picturesOf(model.init, given, pixels, objective),
    samplePrior: (parameters, count, labels = eachClass(classes, count)) =>
      drawnPictures(model.given(labels), pixels)(parameters, count),
  }
}

/**
 * A VAE of several levels as a model of pictures, trained by the mean of −ELBO: β and free bits are those of each level. Training reports the
 * divergence of each level, `kl.z1` to the highest, beside their sum.
 */
export const hierarchicalImages = (
  model: HierarchicalVae<ImageParameters>,
  pixels: PixelView,
  { beta = 1, schedule, freeBits, draws = 1 }: ElboLossOptions,
): ImageModel => {
  const observed = observing(pixels)
  const ofEach = <T>(value: T): Readonly<Record<string, T>> =>
    Object.fromEntries(model.sites.map(site => [site, value]))
  return {
    init: model.init,
    loss: () => (parameters, input, key, step) => {
      const { x, forCodes } = observed(input, key)
      const rising: Scalar | undefined = schedule?.(cast('f32')(step))
      const weight: number | Scalar = rising === undefined ? beta : mul(beta)(rising)
      const bound = model.bound(parameters, x, {
        draws,
        weights: ofEach(weight),
        freeBits: freeBits === undefined ? {} : ofEach(freeBits),
      })(forCodes)
      const levels = model.sites.map(site => [`kl.${site}`, mean()(bound.divergences[site])] as const)
      return [
        neg(mean()(bound.objective)),
        {
          elbo: mean()(bound.elbo),
          reconstruction: mean()(bound.reconstruction),
          kl: mean()(bound.kl),
          ...(typeof weight === 'number' ? {} : { beta: weight }),
          ...Object.fromEntries(levels),
        },
      ]
    },
    evaluate: (parameters, input, key) => {
      const { x, forCodes } = observed(input, key)
      const { elbo, reconstruction, kl } = model.bound(parameters, x)(forCodes)
      return { elbo, reconstruction, kl }
    },
    reconstruct: (parameters, input) => key => {
      const { x } = observed(input, key)
      return pixels.picture(model.decode(parameters)(model.encode(parameters)(x).mean()))
    },
    samplePrior: (parameters, count) => key =>
      pixels.picture(model.decode(parameters)(model.sampleCodes(parameters, count)(key))),
  }
}

/** A VAE with a codebook as a model of pictures. Training reports `distance`, ‖z − e‖², and `perplexity` beside the bound. */
export const vqImages = (model: Vq<ImageParameters>, pixels: PixelView, positions: number): ImageModel => {
  const observed = observing(pixels)
  return {
    init: model.init,
    loss: () => (parameters, input, key) => {
      const bound = model.bound(parameters, observed(input, key).x)
      return [
        neg(mean()(bound.objective)),
        {
          elbo: mean()(bound.elbo),
          reconstruction: mean()(bound.reconstruction),
          kl: mean()(bound.kl),
          distance: mean()(bound.distance),
          perplexity: bound.perplexity,
        },
      ]
    },
    evaluate: (parameters, input, key) => {
      const { elbo, reconstruction, kl } = model.bound(parameters, observed(input, key).x)
      return { elbo, reconstruction, kl }
    },
    reconstruct: (parameters, input) => key => {
      const { x } = observed(input, key)
      return pixels.picture(model.decode(parameters)(model.encode(parameters)(x)))
    },
    samplePrior: (parameters, count) => key =>
      pixels.picture(model.decode(parameters)(model.sampleCodes(count, positions)(key))),
  }
}
