export type {
  AnyDistribution,
  BatchOf,
  Capabilities,
  CapabilitiesOf,
  Capability,
  Density,
  Distribution,
  DTypeOf,
  EventOf,
} from './distribution.js'
export * from './constraints/index.js'
export {
  ParameterError,
  violated,
  violations,
  type Check,
  type Parameter,
  type ShapeOfParameter,
  type Violation,
  type Violations,
} from './parameters.js'

export * from './continuous/index.js'
export * from './discrete/index.js'
export * from './multivariate/index.js'
export * from './wrappers/index.js'
export * as transforms from './transforms/index.js'
export { bijectorTo, type AnyTransform, type Elementwise, type Transform } from './transforms/index.js'
export { kl, type Closed, type Divergence, type HasForm } from './kl/kl.js'
export type { Estimated } from './kl/estimate.js'
