export {
  bind,
  chain,
  Do,
  draw,
  Functor,
  map,
  Monad,
  of,
  site,
  URI,
  type NoSites,
  type Program,
  type Sites,
  type SitesOf,
  type ValueOf,
  type Values,
  type Visit,
} from './program.js'
export { ProgramError } from './sentence.js'
export {
  condition,
  logJoint,
  sample,
  type BatchOfSites,
  type Conditioned,
  type Joint,
  type Latent,
  type Sampled,
} from './interpret.js'
export { elbo, type Bound, type ElboOptions } from './bound/elbo.js'
export { evidence } from './bound/exact.js'
export { movingAverage, type Baseline } from './bound/baseline.js'
export type { Divergences } from './bound/divergence.js'
export {
  importanceWeighted,
  type ImportanceBound,
  type ImportanceGradient,
  type ImportanceOptions,
} from './bound/importance.js'
export { cyclical, warmUp, type FreeBits, type Schedule, type Weights } from './bound/weights.js'
export {
  hierarchy,
  level,
  unrolled,
  unrolledChain,
  type Chain,
  type ChainGuide,
  type Latents,
  type Level,
  type Markov,
} from './chains/markov.js'
export { byLevel } from './chains/by-level.js'
export { chainBound, stepDivergence, type ChainBound, type ChainBoundOptions } from './chains/chain-bound.js'
export {
  gaussianEncoder,
  marginalsOf,
  type GaussianProcess,
  type Marginals,
} from './chains/gaussian-encoder.js'
export { aggregateTerms, type AggregateTerms, type Between } from './decomposition/aggregate.js'
export { rateDistortion, type RateDistortion } from './decomposition/rate-distortion.js'
export { gaps, refine, type Gaps, type RefineOptions } from './decomposition/refine.js'
export { annealed, reverseAnnealed, type Annealed, type AnnealingOptions } from './decomposition/annealed.js'
export { sandwich, type Sandwich, type SandwichOptions } from './decomposition/sandwich.js'
