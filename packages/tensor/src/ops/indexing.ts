import {
  oneHotShape,
  resolveAxis,
  ShapeError,
  takeAlongAxisShape,
  takeShape,
  type OneHot,
  type Requires,
  type Shape,
  type ShapeOf,
  type Take,
  type TakeAlongAxis,
  sizeOf,
} from '../shape/index.js'
import type { DType } from '../graph/dtype.js'
import { aroundAxis } from '../graph/indices.js'
import type { AnyTensor, Tensor } from '../graph/tensor.js'
import { add } from '../primitives/arithmetic.js'
import { gather, scatterAdd as scatter } from '../primitives/indexing.js'
import { iota } from '../primitives/leaves.js'
import { reshape, slice, transpose } from '../primitives/layout.js'
import { cast, eq } from '../primitives/logic.js'
import { argsort as argsortNode, broadcast } from '../primitives/reduce.js'

/** Indices count from 0. Reading out of range gives NaN (0 for integers and bool), adding out of range adds nothing. */

const batched = (indices: AnyTensor, outer: number): AnyTensor =>
  broadcast(reshape(indices, [1, sizeOf(indices.shape)]), [outer, sizeOf(indices.shape)])

/** `take(indices, axis)(x)`: slices of x at the indices; their axes stand in the place of `axis`. An embedding is `take(ids, 0)`. */
export const take =
  <I extends Shape, const Axis extends number>(indices: Tensor<I, 'i32'>, axis: Axis) =>
  <S extends Shape, D extends DType>(
    x: Tensor<S, D> & Requires<Take<S, I, Axis>>,
  ): Tensor<ShapeOf<Take<S, I, Axis>>, D> => {
    const shape: Shape = takeShape(x.shape as Shape, indices.shape as Shape, axis as number)
    const [outer, length, inner] = aroundAxis(x.shape, resolveAxis('take', x.shape, axis))
    const taken = gather(reshape(x, [outer, length, inner]), batched(indices, outer))
    return reshape(taken, shape) as Tensor<ShapeOf<Take<S, I, Axis>>, D>
  }

const toLast = (rank: number, axis: number): readonly number[] => [
  ...Array.from({ length: rank }, (_, i) => i).filter(i => i !== axis),
  axis,
]

const fromLast = (rank: number, axis: number): readonly number[] => {
  const inverse: number[] = []
  toLast(rank, axis).forEach((from, i) => (inverse[from] = i))
  return inverse
}

/** `takeAlongAxis(indices, axis)(x)`: one pick for each index, whose other dimensions are those of x. */
export const takeAlongAxis =
  <I extends Shape, const Axis extends number>(indices: Tensor<I, 'i32'>, axis: Axis) =>
  <S extends Shape, D extends DType>(
    x: Tensor<S, D> & Requires<TakeAlongAxis<S, I, Axis>>,
  ): Tensor<ShapeOf<TakeAlongAxis<S, I, Axis>>, D> => {
    takeAlongAxisShape(x.shape as Shape, indices.shape as Shape, axis as number)
    return along(x, indices, resolveAxis('takeAlongAxis', x.shape, axis)) as Tensor<
      ShapeOf<TakeAlongAxis<S, I, Axis>>,
      D
    >
  }

const along = (x: AnyTensor, indices: AnyTensor, axis: number): AnyTensor => {
  const rank = x.shape.length
  const [length, count] = [x.shape[axis], indices.shape[axis]]
  const rows = sizeOf(x.shape.filter((_, i) => i !== axis))
  const values = reshape(transpose(x, toLast(rank, axis)), [rows, length, 1])
  const picks = transpose(indices, toLast(rank, axis))
  const taken = gather(values, reshape(picks, [rows, count]))
  return transpose(reshape(taken, picks.shape), fromLast(rank, axis))
}

/** `scatterAdd(indices, updates, axis?)(x)`: x with updates added at the indices along an axis; equal indices add up. The adjoint of `take`. */
export const scatterAdd =
  <D extends 'f32' | 'i32' | 'u32'>(indices: Tensor<Shape, 'i32'>, updates: Tensor<Shape, D>, axis = 0) =>
  <S extends Shape>(x: Tensor<S, D>): Tensor<S, D> => {
    const place = resolveAxis('scatterAdd', x.shape, axis)
    const expected: Shape = [...x.shape.slice(0, place), ...indices.shape, ...x.shape.slice(place + 1)]
    if (expected.join() !== updates.shape.join()) {
      throw new ShapeError(
        `scatterAdd: [${x.shape.join(', ')}] at [${indices.shape.join(', ')}] along axis ${axis}: updates are [${updates.shape.join(', ')}], not [${expected.join(', ')}]`,
      )
    }
    const [outer, length, inner] = aroundAxis(x.shape, place)
    const canonical = reshape(updates, [outer, sizeOf(indices.shape), inner])
    return add(x, reshape(scatter(batched(indices, outer), canonical, length), x.shape)) as Tensor<S, D>
  }

/** `oneHot(depth)(indices)`: 1 at each index along a new last axis, 0 elsewhere; an index out of range gives zeros. */
export const oneHot =
  <const Depth extends number>(depth: Depth) =>
  <S extends Shape>(
    indices: Tensor<S, 'i32'> & Requires<OneHot<S, Depth>>,
  ): Tensor<ShapeOf<OneHot<S, Depth>>, 'f32'> => {
    const shape: Shape = oneHotShape(indices.shape as Shape, depth as number)
    const classes = broadcast(iota(depth, 'i32'), shape)
    return cast(eq(broadcast(reshape(indices, [...indices.shape, 1]), shape), classes), 'f32') as Tensor<
      ShapeOf<OneHot<S, Depth>>,
      'f32'
    >
  }

export interface SortOptions {
  readonly descending?: boolean
}

/** The positions that sort an axis (the last by default); stable, NaN counts as the largest. */
export const argsort =
  (axis = -1, { descending = false }: SortOptions = {}) =>
  <S extends Shape>(x: Tensor<S, DType>): Tensor<S, 'i32'> => {
    const place = resolveAxis('argsort', x.shape, axis)
    const rank = x.shape.length
    return transpose(
      argsortNode(transpose(x, toLast(rank, place)), descending),
      fromLast(rank, place),
    ) as Tensor<S, 'i32'>
  }

/** x in order along an axis; gradients follow the elements. */
export const sort =
  (axis = -1, options: SortOptions = {}) =>
  <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> =>
    along(x, argsort(axis, options)(x), resolveAxis('sort', x.shape, axis)) as Tensor<S, D>

/** The k largest along an axis, falling, and their positions. */
export const topK =
  (k: number, axis = -1) =>
  <S extends Shape, D extends DType>(
    x: Tensor<S, D>,
  ): { readonly values: Tensor<number[], D>; readonly indices: Tensor<number[], 'i32'> } => {
    const place = resolveAxis('topK', x.shape, axis)
    if (!Number.isSafeInteger(k) || k < 0 || k > x.shape[place]) {
      throw new ShapeError(`topK: [${x.shape.join(', ')}]: axis ${axis} has no ${k} elements`)
    }
    const order = argsort(axis, { descending: true })(x)
    const indices = slice(order, {
      starts: x.shape.map(() => 0),
      sizes: x.shape.map((n, i) => (i === place ? k : n)),
      steps: x.shape.map(() => 1),
    })
    return {
      values: along(x, indices, place) as Tensor<number[], D>,
      indices: indices as Tensor<number[], 'i32'>,
    }
  }
