export type { Architecture, DenoiserParameters } from './architecture.js'
export { networkOf } from './architecture.js'
export type { DiffusionData, ImageData, IndexedImages, PointData, Positions, ShuffledImages } from './data.js'
export {
  readDiffusion,
  type DiffusionCheckpoint,
  type DiffusionModel,
  type DiffusionRun,
  type DiffusionState,
} from './run.js'
export { trainDiffusion, type TrainDiffusionOptions } from './trainDiffusion.js'
