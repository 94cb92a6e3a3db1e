export { readVae, type VaeCheckpoint, type VaeRun, type VaeState } from './checkpoint.js'
export { activeDimensions, collapseOf, informationOf, leastInformation, type CodeSums } from './collapse.js'
export {
  completed,
  configured,
  decodeConfiguration,
  fashionMnistConfiguration,
  type Configuration,
  type ConfigurationFile,
  type TrainingSettings,
  type WrongConfiguration,
} from './configuration/configuration.js'
export type { LikelihoodSettings } from './configuration/likelihoods.js'
export type { ModelSettings } from './configuration/models.js'
export type { Image, NetworkSettings } from './configuration/networks.js'
export type { ObjectiveSettings } from './configuration/objectives.js'
export type { PriorSettings } from './configuration/priors.js'
export { priorSamples, reconstructions, type Pictures, type TrainedVae } from './drawing.js'
export {
  imageVae,
  type Evaluated,
  type GaussianVae,
  type ImageModel,
  type ImageParameters,
  type ImageVae,
  type PixelInput,
} from './image-model.js'
export type { ImageSource, IndexedImages, Pixels, Positions } from './image-source.js'
export { bernoulli, binarised, thresholded, type BernoulliPixels } from './likelihoods/bernoulli.js'
export type { OverPixels, PixelView } from './likelihoods/likelihood.js'
export { convDecoder, type ConvDecoderParameters } from './networks/convDecoder.js'
export { convEncoder, type ConvEncoderParameters, type ConvOptions } from './networks/convEncoder.js'
export { gated, type Gated, type GatedParameters } from './networks/gated.js'
export {
  gruDecoder,
  gruEncoder,
  type GruDecoderParameters,
  type GruEncoderParameters,
  type RecurrentOptions,
} from './networks/gru.js'
export { elboLoss, type ElboLossOptions } from './objectives/elbo.js'
export { importanceLoss } from './objectives/importance.js'
export type { Objective, PerExample, VaeMetrics } from './objectives/objective.js'
export { totalCorrelationLoss, type TotalCorrelationOptions } from './objectives/totalCorrelation.js'
export { discrepancy, wassersteinLoss, type WassersteinOptions } from './objectives/wasserstein.js'
export { gaussian, type Gaussian } from './posteriors/gaussian.js'
export type { OverCodes, OverRows, Prior } from './priors/prior.js'
export { standardNormal, type StandardNormal } from './priors/standardNormal.js'
export type { LearningRate } from '@elbo/train'
export { openEvaluation } from './training.js'
export { trainVae, type TrainVaeOptions } from './trainVae.js'
export { vae, type Vae, type VaeBound, type VaeParameters, type VaeParts, type WidthOf } from './vae.js'
export {
  conditional,
  oneHotLabels,
  type ConditionalParameters,
  type ConditionalParts,
  type ConditionalVae,
  type LabelledParameters,
  type Labels,
} from './variants/conditional.js'
export {
  hierarchical,
  type Conditional,
  type Decoders,
  type Encoders,
  type HierarchicalBound,
  type HierarchicalParameters,
  type HierarchicalParts,
  type HierarchicalVae,
  type ParametersOfAll,
  type WithMean,
} from './variants/hierarchical.js'
export { hierarchicalImages, vqImages } from './variants/images.js'
export { vq, type Codes, type Vq, type VqBound, type VqParameters, type VqParts } from './variants/vq.js'
