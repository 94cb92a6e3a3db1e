export { accumulate } from './accumulate.js'
export { adagrad, scaleByAdagrad, type AdagradOptions, type AdagradScaling } from './adagrad.js'
export { adam, scaleByAdam, type AdamOptions, type AdamScaling } from './adam.js'
export { adamW, type AdamWOptions } from './adamw.js'
export { average, averaged, type AverageOptions } from './average.js'
export { clipByGlobalNorm, clipByValue } from './clip.js'
export { descend } from './descend.js'
export { frozen } from './frozen.js'
export { lion, scaleByLion, type LionOptions, type LionScaling } from './lion.js'
export { masked } from './masked.js'
export { momentum, type MomentumOptions } from './momentum.js'
export {
  addTrees,
  chain,
  ofLinks,
  optimiserMonoid,
  type Link,
  type Moment,
  type Optimiser,
  type OptimiserState,
  type Updated,
} from './optimiser.js'
export { plateau, type PlateauOptions } from './plateau.js'
export { scaleByLearningRate } from './rate.js'
export { rmsprop, scaleByRms, type RmsOptions, type RmspropOptions } from './rmsprop.js'
export { sgd, type SgdOptions } from './sgd.js'
export { weightDecay } from './weightDecay.js'
