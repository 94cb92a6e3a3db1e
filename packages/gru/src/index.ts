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
