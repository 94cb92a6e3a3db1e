export {
  gruCell,
  type CellOptions,
  type CellParameters,
  type CellStep,
  type GruCell,
  type Is,
  type Projected,
} from './cell.js'
export {
  detached,
  gru,
  type Directions,
  type GateTraces,
  type Given,
  type Gru,
  type GruOptions,
  type GruParameters,
  type GruRun,
  type GruStates,
  type Width,
} from './gru.js'
export { maskOf, padded, type Mask, type Padded, type Sequence } from './sequence.js'
export {
  characterModel,
  type CharacterModel,
  type CharacterParameters,
  type Characters,
} from './models/characters.js'
export {
  sequenceClassifier,
  type ClassifierParameters,
  type SequenceClassifier,
} from './models/classifier.js'
export { surprise } from './models/cross-entropy.js'
export {
  forecaster,
  normalHead,
  studentTHead,
  type DistributionHead,
  type Forecast,
  type Forecaster,
  type ForecasterParameters,
} from './models/forecaster.js'
export { characterSampler, type CharacterSampler, type SampleRequest } from './models/sampler.js'
export { drawNext, samplingNumbers, type SamplingInputs, type SamplingOptions } from './models/sampling.js'
export { sampleText, type TextRequest, type Vocabulary } from './models/text.js'
export { readWeights, writeWeights, type LayoutOf } from './weights/convert.js'
export type {
  MissingWeight,
  OtherLayout,
  OtherReset,
  UnexpectedWeight,
  WeightError,
  WrongWeight,
} from './weights/errors.js'
export { keras, type KerasOptions } from './weights/keras.js'
export type { Block, ForeignTensor, Form, GateOrder, Layout, Place } from './weights/layout.js'
export { onnx, type OnnxOptions } from './weights/onnx.js'
export { pytorch, type PyTorchOptions } from './weights/pytorch.js'
export {
  characterGru,
  type CharacterArchitecture,
  type CharacterGru,
  type CharacterGruParameters,
  type CharacterStates,
} from './training/architecture.js'
export {
  characterState,
  readCharacters,
  type CharacterCheckpoint,
  type CharacterRun,
  type CharacterState,
} from './training/checkpoint.js'
export type { Corpus, TextSequences } from './training/corpus.js'
export { openCharacterEvaluation } from './training/evaluation.js'
export { trainCharacters, type TrainCharactersOptions } from './training/trainCharacters.js'
