/**
 * What the workspace's own tooling looks into: rows, programs and their plain meaning. **Not a public interface**: any of it may change
 * with any version.
 */
export { hostArray } from './graph/dtype.js'
export { sizeOf } from './shape/index.js'
export type { Numbers, Primitive, Value } from './graph/primitive.js'
export { apply, applyAll } from './graph/tensor.js'
export { placeholder } from './primitives/leaves.js'
export { primitives, type ParamsOf, type PrimitiveName } from './primitives/table.js'
export { scan as scanNode } from './primitives/scan.js'
export { flatten } from './program/flatten.js'
export { interpret, type Allocate } from './program/interpret.js'
export { doubles, singles } from './backends/reference/reference.js'
export { profile, type CommandTime } from './backends/cpu/profile.js'
