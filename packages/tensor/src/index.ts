export type { DType, HostArray, HostArrays } from './graph/dtype.js'
export { fromNested, ndarray, toNested, type NDArray, type Nested } from './graph/ndarray.js'
export { spec, Tensor, type AnyTensor, type Spec } from './graph/tensor.js'
export { print } from './graph/print.js'
export {
  broadcastShapes,
  ShapeError,
  type Agree,
  type Broadcast,
  type BroadcastAll,
  type Concat,
  type ConvolutionOptions,
  type Fit,
  type Misfit,
  type Pair,
  type PoolingOptions,
  type Requires,
  type Rule,
  type Shape,
  type ShapeMismatch,
  type ShapeOf,
  type Show,
  type Unknown as UnknownShape,
} from './shape/index.js'

export * from './ops/creation.js'
export * from './ops/elementwise.js'
export * from './ops/functions.js'
export * from './ops/images.js'
export * from './ops/indexing.js'
export * from './ops/layout.js'
export * from './ops/products.js'
export * from './ops/reduction.js'
export * from './ops/resize.js'
export * from './ops/scan.js'

export { customGradient, grad, valueAndGrad, valueAndGradAux, vjp } from './autodiff/grad.js'
export { GradientError } from './autodiff/pullback.js'

export {
  leavesOf,
  mapTree,
  traverseTree,
  withLeaves,
  zipTrees,
  type Arrays,
  type Leaf,
  type Placed,
  type Tensors,
} from './tree/tree.js'

export { foldIn, key, split, type Key } from './random/key.js'
export { draw, genApplicative, generate, genFunctor, genMonad, replicate, type Gen } from './random/gen.js'
export * from './random/draws.js'
export { threefry2x32 } from './random/threefry.js'

export { optimise, passNames, type PassName } from './program/optimise.js'
export { trace, type Step, type TracedProgram } from './program/trace.js'
export type { Instruction, Program } from './program/program.js'

export type { Backend, BackendError, Executed, Session } from './runtime/backend.js'
export { evaluate, evaluator } from './runtime/evaluate.js'
export { open, type OpenOptions, type TreeSession } from './runtime/open.js'
export { run, TaskError } from './runtime/run.js'
export { reference, type ReferenceOptions } from './backends/reference/reference.js'
export { cpu, type CpuOptions } from './backends/cpu/cpu.js'
