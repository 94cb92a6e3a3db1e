import type { Shape, Tensor } from '@elbo/tensor'
import type { Real } from '../arithmetic.js'

/** Reduces over all axes of a batch [n, …] but the first, which stay as ones, so that the result broadcasts against the batch. */
type Reduce = (
  axes: readonly number[],
  options: { readonly keepDims: true },
) => (x: Tensor<number[]>) => Tensor<number[]>

/** One number for each example of a batch, of a shape that broadcasts against it. */
export const ofExamples = (reduce: Reduce, x: Real): Real =>
  x.shape.length < 2
    ? x
    : reduce(
        x.shape.slice(1).map((_, i) => i + 1),
        { keepDims: true },
      )(x as Tensor<number[]>)

/** Elements of one example of a batch. */
export const sizeOfExample = (shape: Shape): number => shape.slice(1).reduce((size, n) => size * n, 1)
