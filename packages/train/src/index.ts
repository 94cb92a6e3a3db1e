export type { Metrics, TrainingError, TrainingEvent } from './events.js'
export { backendFailed, checkpointFailed } from './events.js'

export * from './optimiser/index.js'
export * from './schedule/index.js'
export { learningRateCodec, scheduleFor, spellLearningRate, type LearningRate } from './schedule/course.js'

export { evaluateOn } from './loop/evaluateOn.js'
export type { TrainingOptions } from './loop/options.js'
export type { Evaluation, Scalars, TrainingPlan, TrainingRun, Watch } from './loop/plan.js'
export {
  carryingStep,
  initialState,
  shuffleKey,
  trainingStep,
  type CarryingLoss,
  type CarryingState,
  type Loss,
  type TrainingState,
} from './loop/state.js'
export { tee } from './loop/tee.js'
export { train } from './loop/train.js'
export { noProgress } from './loop/progress.js'

export {
  decodeCheckpoint,
  encodeCheckpoint,
  fitCheckpoint,
  type Checkpoint,
  type Cursor,
  type Progress,
  type StoredCheckpoint,
  type Watched,
} from './checkpoint/checkpoint.js'
export {
  badMetadata,
  missingCheckpoint,
  otherRun,
  readFailed,
  writeFailed,
  type BadMetadata,
  type CheckpointError,
  type LeafError,
  type MissingCheckpoint,
  type MissingLeaf,
  type OtherRun,
  type ReadFailed,
  type UnexpectedLeaf,
  type WriteFailed,
  type WrongLeaf,
} from './checkpoint/errors.js'
export { beginningOf, readRun, type RunCheckpoint, type Settings } from './checkpoint/run.js'
export { weightsHash } from './checkpoint/hash.js'
export type { CheckpointStore } from './checkpoint/store.js'
export { tensorsOf, treeOf } from './checkpoint/tree.js'
export { reasonOf } from './decode.js'

export type {
  BadHeader,
  SafetensorsError,
  TruncatedFile,
  UnheldElement,
  UnsupportedType,
} from './safetensors/errors.js'
export { readSafetensors } from './safetensors/read.js'
export type { ReadSafetensors, Safetensors } from './safetensors/types.js'
export { writeSafetensors } from './safetensors/write.js'

export { exchange, type Exchange } from './exchange/exchange.js'
export { keras, type KerasAttention } from './exchange/keras.js'
export { pytorch } from './exchange/pytorch.js'
export type { Rule } from './exchange/rule.js'
