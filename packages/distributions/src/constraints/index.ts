export type { BoundedSupport, Constraint, Support } from './constraint.js'
export * from './matrices.js'
export * from './numbers.js'
export * from './vectors.js'
