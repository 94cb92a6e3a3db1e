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
export { configurationKinds } from './configuration/kinds.js'
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
export { labelsFor, type ClassNumbers } from './labelled.js'
export { bernoulli, binarised, thresholded, type BernoulliPixels } from './likelihoods/bernoulli.js'
export { categorical, type Categoricals } from './likelihoods/categorical.js'
export { continuousBernoulli, type ContinuousBernoullis } from './likelihoods/continuousBernoulli.js'
export {
  discretisedLogistic,
  logisticLevels,
  type DiscretisedLogistics,
} from './likelihoods/discretisedLogistic.js'
export { intensities } from './likelihoods/intensities.js'
export { inLevels } from './likelihoods/levels.js'
export {
  normal,
  normalOfLearnedScale,
  normalOfPixelScales,
  type Normals,
  type WithDeviation,
} from './likelihoods/normal.js'
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
export { flow, type Flow, type FlowOptions, type FlowParameters } from './priors/flow.js'
export { mixture, type Mixed, type MixtureParameters } from './priors/mixture.js'
export type { OverCodes, OverRows, Prior } from './priors/prior.js'
export { standardNormal, type StandardNormal } from './priors/standardNormal.js'
export { vamp, type Vamp, type VampParameters } from './priors/vamp.js'
export type { LearningRate } from '@elbo/train'
export { openEvaluation } from './training.js'
export { trainVae, type TrainVaeOptions } from './trainVae.js'
export { vae, type Vae, type VaeBound, type VaeParameters, type VaeParts, type WidthOf } from './vae.js'
export { activeUnits, type ActiveUnits } from './tools/activeUnits.js'
export { boundTerms, type BoundTerms, type BoundTermsOptions } from './tools/boundTerms.js'
export { embed, encodeMeans, type Embedding, type EmbeddingOptions } from './tools/embed.js'
export { estimateOf, type Estimate } from './tools/estimate.js'
export { evaluateVae, type Decomposition, type EvaluationOptions, type Part } from './tools/evaluateVae.js'
export { information, type Bounds, type Information } from './tools/information.js'
export {
  interpolate,
  linear,
  pointsOf,
  spherical,
  type InterpolationOptions,
  type Path,
} from './tools/interpolate.js'
export { logLikelihood, type LogLikelihood, type LogLikelihoodOptions } from './tools/logLikelihood.js'
export { manifold, normalQuantiles, type ManifoldOptions } from './tools/manifold.js'
export { observe } from './tools/observe.js'
export { reconstruct } from './tools/reconstruct.js'
export { refinedBounds, type RefinedBounds, type RefinementOptions } from './tools/refined.js'
export { decodeCodes, samplePictures } from './tools/sample.js'
export { sandwiched, type Sandwiched, type SandwichedOptions } from './tools/sandwiched.js'
export {
  eachRow,
  rowValues,
  type CodesWithMoments,
  type RowValues,
  type TrainedModel,
} from './tools/trained.js'
export { isImageVae, trainedModel } from './tools/trainedImages.js'
export { evenly, traverse, type Traversal } from './tools/traverse.js'
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
export { conditionalImages, hierarchicalImages, vqImages } from './variants/images.js'
export { vq, type Codes, type Vq, type VqBound, type VqParameters, type VqParts } from './variants/vq.js'
