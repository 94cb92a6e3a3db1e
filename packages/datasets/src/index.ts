export {
  batchesFrom,
  batchesOfEpoch,
  batchesPerEpoch,
  firstBatch,
  type Batch,
  type BatchLength,
  type BatchPlan,
  type Cursor,
} from './batches.js'
export type {
  AccessDenied,
  BadText,
  CorruptGzip,
  DatasetError,
  MissingFile,
  MissingFolder,
  ReadFailed,
  SizeOverflow,
  TrailingBytes,
  TruncatedFile,
  TruncatedGzip,
  UnknownCharacter,
  WrongHash,
  WrongMagic,
  WrongShape,
  WrongType,
} from './errors.js'
export { fashionMnist, fashionMnistClasses, fashionMnistFrom, type FashionMnist } from './fashion-mnist.js'
export { readIdx, type Idx, type IdxArrays, type IdxOptions, type IdxType } from './idx.js'
export {
  gatherImages,
  gatherLabels,
  type ImageDataset,
  type Images,
  type Indices,
  type LabelBatch,
  type LabelledImages,
  type PixelBatch,
} from './images.js'
export { imageSource, type ImageSource } from './image-source.js'
export { permutation, type ShuffleKey } from './permutation.js'
export {
  heldOut,
  sequenceSource,
  type CharacterBatch,
  type SequenceBatch,
  type SequenceSource,
} from './text/sequences.js'
export { kingJames, textFrom } from './text/text.js'
export { vocabularyOf, type Vocabulary } from './text/vocabulary.js'
export { rings, spirals, swissRoll, twoMoons } from './plane/bands.js'
export { checkerboard } from './plane/checkerboard.js'
export type { PlaneDensity, Points } from './plane/density.js'
export { ffjord } from './plane/ffjord.js'
export { scaledBy } from './plane/scaled.js'
export { eightGaussians, eightWideGaussians, pinwheel } from './plane/wheels.js'
export {
  cutout,
  inSequence,
  normalise,
  randomCrop,
  randomFlip,
  randomShift,
  type Augmentation,
} from './augmentation/augmentation.js'
