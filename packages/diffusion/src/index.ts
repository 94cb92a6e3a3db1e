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
export { levelTensors, tensorsOf } from './process/tensors.js'
export { backward, forward } from './process/conditional.js'
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
export * from './networks/index.js'
export * from './training/index.js'
