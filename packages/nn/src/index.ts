export {
  activation,
  eluOf,
  geluTanh,
  hardSigmoid,
  hardSwish,
  hardTanh,
  mish,
  relu6,
  selu,
} from './activations.js'
export type { AffineOptions, UnbiasedOptions } from './affine.js'
export {
  attention,
  causalMask,
  scaledDotProduct,
  selfAttention,
  type AttentionInput,
  type AttentionMask,
  type AttentionOptions,
  type AttentionParameters,
} from './attention.js'
export { batchNorm, type BatchNormOptions, type RunningStatistics } from './batchNorm.js'
export {
  block,
  modalBlock,
  type Applied,
  type AppliedStages,
  type ParametersOf,
  type StatesOf,
} from './block.js'
export { conv2d, type Conv2dOptions, type Conv2dParameters, type UnbiasedConv2dOptions } from './conv2d.js'
export {
  conv2dTranspose,
  type Conv2dTransposeOptions,
  type Conv2dTransposeParameters,
  type UnbiasedConv2dTransposeOptions,
} from './conv2dTranspose.js'
export { dropout } from './dropout.js'
export { embedding, type EmbeddingOptions, type EmbeddingParameters } from './embedding.js'
export { fourier, type FourierOptions, type FourierParameters } from './fourier.js'
export { gatedLinear, type GatedLinearParameters } from './gatedLinear.js'
export { groupNorm } from './groupNorm.js'
export {
  constant,
  fanInUniform,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  ones,
  standardNormal,
  truncatedNormal,
  zeros,
  type Fan,
  type Initialiser,
} from './initialisers.js'
export {
  followedBy,
  layerOf,
  type Channels,
  type Images,
  type Layer,
  type NoParameters,
  type Rows,
  type ShapePreserving,
  type Tokens,
} from './layer.js'
export { layerNorm, type NormOptions } from './layerNorm.js'
export { linear, type LinearOptions, type LinearParameters } from './linear.js'
export { made, type MadeOptions } from './made.js'
export { maskedLinear, type Mask } from './maskedLinear.js'
export { mlp, type Mlp, type MlpOptions, type MlpParameters, type Network, type Widths } from './mlp.js'
export { evaluating, modal, type ModalLayer, type NoState, type Stage } from './modal.js'
export { modalSequence } from './modalSequence.js'
export { orthogonal } from './orthogonal.js'
export { avgPool, globalAvgPool, maxPool } from './pooling.js'
export { residual, residualBy } from './residual.js'
export type { ScaleParameters } from './scale.js'
export { sequence } from './sequence.js'
export { sinusoidal, type SinusoidalOptions } from './sinusoidal.js'
export { overPixels, perToken } from './tokens.js'
export { upsample } from './upsample.js'
