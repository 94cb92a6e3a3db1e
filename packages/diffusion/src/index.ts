export type { Denoiser, Estimate, LevelTensors } from './process/denoiser.js'
export { levelAt, levelOf, type Family, type Level, type Process } from './process/level.js'
export {
  discreteProcess,
  discretise,
  interpolated,
  lengthOf,
  type DiscreteProcess,
} from './process/discrete.js'
export { betasOf, fromBetas } from './process/betas.js'
export { posterior, transition, type Posterior, type Transition } from './process/kernel.js'
export { fromEstimate, predictions, toEstimate, type Prediction } from './process/prediction.js'
export { ProcessError } from './process/process-error.js'
export { cosine, cosineBetas } from './process/schedules/cosine.js'
export type { Ends } from './process/schedules/ends.js'
export { linear, linearBetas } from './process/schedules/linear.js'
export { scaledLinear, scaledLinearBetas } from './process/schedules/scaled-linear.js'
export { sigmoid, sigmoidBetas, type SigmoidOptions } from './process/schedules/sigmoid.js'
export { rectifiedFlow } from './process/schedules/rectified-flow.js'
export { subVariancePreserving } from './process/schedules/sub-variance-preserving.js'
export { karras, varianceExploding, type Sigmas } from './process/schedules/variance-exploding.js'
export { preconditioned, preconditioning, type Preconditioning } from './process/preconditioning.js'
export { zeroTerminalSnr } from './process/zero-snr.js'
export { levelTensors, tensorsOf } from './process/tensors.js'
export { backward, forward } from './process/conditional.js'
export {
  learnedLogSnr,
  levelsAtTimes,
  lineLogSnr,
  slopeOf,
  type LearnedLogSnr,
  type TensorLogSnr,
} from './process/log-snr.js'

export { checkerboardBoxes, exactBoxes, type Boxes } from './exact/boxes.js'
export {
  entropyEstimate,
  noisySample,
  scoreOf,
  type Estimated,
  type ExactData,
  type PerRow,
  type RowLevel,
  type Rows,
} from './exact/exact-data.js'
export {
  exactMixture,
  mixtureEntropy,
  princeMixture,
  ringMixture,
  type GaussianMixture,
} from './exact/mixture.js'

export { closedBound, divergenceWeight, priorDivergence, stepDivergences } from './objective/closed.js'
export {
  encoder,
  priorScale,
  reverse,
  type LearnedDenoiser,
  type LearnedEstimate,
  type Reverse,
  type Variances,
} from './objective/reverse.js'
export { boundTerms, hybridLoss } from './objective/hybrid.js'
export { imageLikelihood, levelsOfImage, pointLikelihood } from './objective/likelihoods.js'
export {
  emptyHistory,
  proposalOf,
  proposedSteps,
  remember,
  spreadSteps,
  uniformSteps,
  type LossHistory,
  type Proposal,
  type Proposed,
  type Steps,
} from './objective/steps.js'
export { lossWeights, type Weighting } from './objective/weights.js'
export { continuousBound, type ContinuousBound, type ContinuousModel } from './objective/continuous.js'

export { ancestral, type AncestralOptions } from './samplers/ancestral.js'
export { ddim, type DdimOptions } from './samplers/ddim.js'
export { dpmSolver2m } from './samplers/dpm-solver-2m.js'
export { dpmSolver2mSde, type DpmSolverSdeOptions } from './samplers/dpm-solver-2m-sde.js'
export { euler } from './samplers/euler.js'
export { eulerAncestral, type EulerAncestralOptions } from './samplers/euler-ancestral.js'
export { flowEuler } from './samplers/flow-euler.js'
export { flowHeun } from './samplers/flow-heun.js'
export { heun, type Churn, type HeunOptions } from './samplers/heun.js'
export { lms, type LmsOptions } from './samplers/lms.js'
export { samplers, type SamplerName } from './samplers/table.js'
export { uniPc, type UniPcOptions } from './samplers/unipc.js'

export type { Path } from './sampling/path.js'
export { SamplingError } from './sampling/sampling-error.js'
export type { Row, Sampler, SamplerOf, Scalars, State } from './sampling/sampler.js'
export { sampler } from './sampling/sampler.js'
export { sampleWith, trajectoryWith } from './sampling/sample.js'
export { stepInputs, stepOf, stepState, type StepInputs, type StepState } from './sampling/stepwise.js'
export { invertWith, type InversionOptions } from './sampling/inversion.js'
export { editWith, lowerPart } from './sampling/image-to-image.js'
export { inpaintWith, type Known, type Resampling } from './sampling/inpainting.js'
export { interpolateWith, slerp } from './sampling/interpolation.js'
export { dynamicThreshold, staticThreshold, type DynamicThresholdOptions } from './sampling/thresholding.js'

export { continuousPath, discretePath, type Spacing, type TimeEnds } from './spacing/spacing.js'
export { exponential } from './spacing/exponential.js'
export { karrasSpacing } from './spacing/karras.js'
export { leading } from './spacing/leading.js'
export { linspace } from './spacing/linspace.js'
export { spacings, type SpacingName } from './spacing/table.js'
export { trailing } from './spacing/trailing.js'

export { classifierGuided, type LogProbability } from './guidance/classifier.js'
export { classifierFree, type ClassifierFreeOptions } from './guidance/classifier-free.js'

export * from './likelihood/index.js'

export * from './networks/index.js'

export * from './training/index.js'
