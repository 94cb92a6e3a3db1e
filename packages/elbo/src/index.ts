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
export { movingAverage, type Baseline } from './bound/baseline.js'
export type { Divergences, Form } from './bound/divergence.js'
export {
  importanceWeighted,
  type ImportanceBound,
  type ImportanceGradient,
  type ImportanceOptions,
} from './bound/importance.js'
export { cyclical, warmUp, type FreeBits, type Schedule, type Weights } from './bound/weights.js'
