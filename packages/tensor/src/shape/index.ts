/*
 * Shapes are checked twice with one sentence: literal dimensions by the compiler, `number` dimensions when the
 * graph is built. Each rule is written twice, side by side in one file: as a function that throws `ShapeError`
 * and as a type that is a `Fit` or a `Misfit`. An operation uses both:
 *
 *     export const matmul =
 *       <B extends Shape>(b: Tensor<B>) =>
 *       <A extends Shape>(a: Tensor<A> & Requires<MatMul<A, B>>): Tensor<ShapeOf<MatMul<A, B>>> =>
 *         node('matmul', [a, b], matmulShape(a.shape, b.shape))
 *
 * - `Requires<Rule>` is intersected with the type of the argument that comes last: in `pipe` the error then
 *   stands at the operation that does not fit. It is `unknown` if the shapes fit.
 * - Lists of numbers that the caller writes are `const` type parameters: `<const T extends Shape>(target: T)`.
 * - A tensor's shape type is a mutable tuple: `zeros = <const S extends Shape>(shape: S): Tensor<[...S]>`.
 *   Rules give mutable tuples.
 * - In a generic function a rule is decided if it is certain: equal type parameters agree, and dimensions that
 *   a rule only passes on may be type parameters. Where it is not, give the tensor a wider type (`Tensor<Shape>`,
 *   `Tensor<number[]>`): the function checks when it runs.
 */
export * from './axis.js'
export * from './broadcast.js'
export * from './concat.js'
export * from './convolution.js'
export * from './einsum.js'
export * from './gather.js'
export * from './matmul.js'
export * from './oneHot.js'
export * from './pad.js'
export * from './pooling.js'
export * from './reduce.js'
export * from './reshape.js'
export * from './rule.js'
export * from './shape.js'
export * from './slice.js'
export * from './transpose.js'
export * from './unitAxes.js'
export * from './window.js'
