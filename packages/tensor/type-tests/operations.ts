/*
 * The package's own operations, under one name for the snippets beside this file: what the compiler says of them is held against
 * what they throw.
 */
export { zeros } from '../src/ops/creation.js'
export { add, where } from '../src/ops/elementwise.js'
export { square } from '../src/ops/functions.js'
export { conv2d, maxPool } from '../src/ops/images.js'
export { oneHot, take, takeAlongAxis } from '../src/ops/indexing.js'
export {
  broadcastTo,
  concat,
  expandDims,
  pad,
  reshape,
  slice,
  squeeze,
  stack,
  transpose,
} from '../src/ops/layout.js'
export { einsum, matmul } from '../src/ops/products.js'
export { sum } from '../src/ops/reduction.js'
export type { Tensor } from '../src/graph/tensor.js'
