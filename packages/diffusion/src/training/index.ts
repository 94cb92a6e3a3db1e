export {
  exampleShape,
  networkOf,
  type AnyDenoisingNetwork,
  type Architecture,
  type DenoiserParameters,
} from './architecture.js'
export type { DiffusionData, ImageData, IndexedImages, PointData, Positions, ShuffledImages } from './data.js'
export { denoiserOf } from './denoiser.js'
export { openEvaluation, type EvaluationOptions } from './evaluation.js'
export type { Denoising, Labels } from './loss.js'
export {
  denoisingOf,
  readDiffusion,
  type DiffusionCheckpoint,
  type DiffusionModel,
  type DiffusionRun,
  type DiffusionState,
} from './run.js'
export { processOf, scheduleNames, type ScheduleName } from './schedule.js'
export { trainDiffusion, type TrainDiffusionOptions } from './trainDiffusion.js'
