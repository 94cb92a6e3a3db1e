export {
  fashionMnistArchitecture,
  imageVae,
  type Architecture,
  type ImageVae,
  type ImageVaeParameters,
} from './architecture.js'
export { bernoulli, logProb, probabilities, type Bernoulli } from './bernoulli.js'
export { readVae, type VaeCheckpoint, type VaeRun, type VaeState } from './checkpoint.js'
export { priorSamples, reconstructions, type Pictures, type TrainedVae } from './drawing.js'
export {
  gaussian,
  reparameterised,
  standardNormal,
  type Gaussian,
  type PerExample,
  type StandardNormal,
} from './gaussian.js'
export type { ImageSource, IndexedImages, Pixels, Positions } from './image-source.js'
export type { LearningRate } from '@elbo/train'
export { elboLoss, openEvaluation, type PixelInput, type VaeMetrics } from './training.js'
export { trainVae, type TrainVaeOptions } from './trainVae.js'
export { vae, type ElboTerms, type Vae, type VaeParameters, type VaeParts } from './vae.js'
export { gated, type Gated, type GatedParameters } from './networks/gated.js'
export { convDecoder, type ConvDecoderParameters } from './networks/convDecoder.js'
export { convEncoder, type ConvEncoderParameters, type ConvOptions } from './networks/convEncoder.js'
export {
  gruDecoder,
  gruEncoder,
  type GruDecoderParameters,
  type GruEncoderParameters,
  type RecurrentOptions,
} from './networks/gru.js'
export type { ImageSize } from './networks/image.js'
