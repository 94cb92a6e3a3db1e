import {
  broadcastToShape,
  checkedShape,
  concatShape,
  expandDimsShape,
  formatShape,
  padShape,
  reshapeShape,
  resolveAxes,
  resolveAxis,
  resolveRanges,
  ShapeError,
  squeezeShape,
  stackShape,
  transposeAxes,
  type BroadcastTo,
  type Concat,
  type ExpandDims,
  type Pad,
  type Padding,
  type Requires,
  type Reshape,
  type Shape,
  type ShapeOf,
  type Slice,
  type SliceRange,
  type Squeeze,
  type Stack,
  type Transpose,
} from '../shape/index.js'
import type { DType } from '../graph/dtype.js'
import type { AnyTensor, Tensor } from '../graph/tensor.js'
import * as layout from '../primitives/layout.js'
import { broadcast } from '../primitives/reduce.js'

/** The same elements under another shape; one dimension may be −1, and is worked out. */
export const reshape =
  <const T extends Shape>(target: T) =>
  <S extends Shape, D extends DType>(
    x: Tensor<S, D> & Requires<Reshape<S, T>>,
  ): Tensor<ShapeOf<Reshape<S, T>>, D> =>
    layout.reshape(x, reshapeShape<S, T>(x.shape, target)) as Tensor<ShapeOf<Reshape<S, T>>, D>

/** Swaps the last two axes, or orders the axes by a permutation: axis i of the result is axis `permutation[i]`. */
export const transpose =
  <const P extends readonly number[] | undefined = undefined>(permutation?: P) =>
  <S extends Shape, D extends DType>(
    x: Tensor<S, D> & Requires<Transpose<S, P>>,
  ): Tensor<ShapeOf<Transpose<S, P>>, D> =>
    layout.transpose(x, transposeAxes(x.shape, permutation)) as Tensor<ShapeOf<Transpose<S, P>>, D>

/** Repeats axes of length 1, and along new leading axes. */
export const broadcastTo =
  <const T extends Shape>(target: T) =>
  <S extends Shape, D extends DType>(
    x: Tensor<S, D> & Requires<BroadcastTo<S, T>>,
  ): Tensor<ShapeOf<BroadcastTo<S, T>>, D> =>
    broadcast(x, broadcastToShape<S, T>(x.shape, checkedShape('broadcastTo', target) as T)) as Tensor<
      ShapeOf<BroadcastTo<S, T>>,
      D
    >

/** A new axis of length 1 that stands at `axis` of the result. */
export const expandDims =
  <const Axis extends number>(axis: Axis) =>
  <S extends Shape, D extends DType>(
    x: Tensor<S, D> & Requires<ExpandDims<S, Axis>>,
  ): Tensor<ShapeOf<ExpandDims<S, Axis>>, D> =>
    layout.reshape(x, expandDimsShape<S, Axis>(x.shape, axis)) as Tensor<ShapeOf<ExpandDims<S, Axis>>, D>

/** Drops axes of length 1: those named, or all. */
export const squeeze =
  <const Axes extends number | readonly number[] | undefined = undefined>(axes?: Axes) =>
  <S extends Shape, D extends DType>(
    x: Tensor<S, D> & Requires<Squeeze<S, Axes>>,
  ): Tensor<ShapeOf<Squeeze<S, Axes>>, D> =>
    layout.reshape(x, squeezeShape<S, Axes>(x.shape, axes)) as Tensor<ShapeOf<Squeeze<S, Axes>>, D>

/** All axes from `axis` on as one; `flatten()` gives a vector. */
export const flatten =
  (axis = 0) =>
  <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<number[], D> =>
    layout.reshape(x, [...x.shape.slice(0, axis), x.shape.slice(axis).reduce((a, b) => a * b, 1)]) as Tensor<
      number[],
      D
    >

/** The shapes of a list of tensors. */
type ShapesOf<T extends readonly AnyTensor[]> = { -readonly [I in keyof T]: T[I]['shape'] }

/** The element type that a list of tensors has in common. */
type TypeOf<T extends readonly AnyTensor[]> = T[number]['dtype']

/** Tensors one after the other along an axis. */
export const concat =
  <const Axis extends number>(axis: Axis) =>
  <const T extends readonly AnyTensor[]>(
    tensors: T & Requires<Concat<ShapesOf<T>, Axis>>,
  ): Tensor<ShapeOf<Concat<ShapesOf<T>, Axis>>, TypeOf<T>> => {
    const list: readonly AnyTensor[] = tensors
    concatShape(
      list.map(x => x.shape),
      axis,
    )
    return layout.concat(list, resolveAxis('concat', list[0].shape, axis)) as Tensor<
      ShapeOf<Concat<ShapesOf<T>, Axis>>,
      TypeOf<T>
    >
  }

/** Tensors of one shape along a new axis. */
export const stack =
  <const Axis extends number>(axis: Axis) =>
  <const T extends readonly AnyTensor[]>(
    tensors: T & Requires<Stack<ShapesOf<T>, Axis>>,
  ): Tensor<ShapeOf<Stack<ShapesOf<T>, Axis>>, TypeOf<T>> => {
    const list: readonly AnyTensor[] = tensors
    stackShape(
      list.map(x => x.shape),
      axis,
    )
    const { shape } = list[0]
    const place = resolveAxis('stack', shape, axis, shape.length + 1)
    const one = [...shape.slice(0, place), 1, ...shape.slice(place)]
    return layout.concat(
      list.map(x => layout.reshape(x, one)),
      place,
    ) as Tensor<ShapeOf<Stack<ShapesOf<T>, Axis>>, TypeOf<T>>
  }

/** A range `[start, stop, step?]` (or `null`, all) of each axis, as NumPy's; bounds may count from the end, the step may be negative. A bound outside the axis is an error. */
export const slice =
  <const Ranges extends readonly SliceRange[]>(...ranges: Ranges) =>
  <S extends Shape, D extends DType>(
    x: Tensor<S, D> & Requires<Slice<S, Ranges>>,
  ): Tensor<ShapeOf<Slice<S, Ranges>>, D> => {
    const resolved = resolveRanges(x.shape, ranges)
    const backwards = resolved.flatMap(({ step }, axis) => (step < 0 ? [axis] : []))
    const part = layout.slice(x, {
      starts: resolved.map(({ start, step, length }) =>
        step < 0 && length > 0 ? start + (length - 1) * step : start,
      ),
      sizes: resolved.map(({ length }) => length),
      steps: resolved.map(({ step }) => Math.abs(step)),
    })
    return layout.reverse(part, backwards) as Tensor<ShapeOf<Slice<S, Ranges>>, D>
  }

/** `value` before and after each axis: one pair an axis. */
export const pad =
  <const P extends readonly Padding[]>(padding: P, value = 0) =>
  <S extends Shape, D extends DType>(
    x: Tensor<S, D> & Requires<Pad<S, P>>,
  ): Tensor<ShapeOf<Pad<S, P>>, D> => {
    padShape(x.shape, padding as readonly Padding[])
    const params = {
      low: padding.map(([low]) => low),
      high: padding.map(([, high]) => high),
      interior: padding.map(() => 0),
      value,
    }
    return layout.pad(x, params) as Tensor<ShapeOf<Pad<S, P>>, D>
  }

/** Axes back to front. */
export const reverse =
  (...axes: readonly number[]) =>
  <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> =>
    layout.reverse(x, resolveAxes('reverse', x.shape, axes)) as Tensor<S, D>

/**
 * Parts of equal length along an axis: `parts(3, 1)(x)`.
 * @throws ShapeError `parts: [2, 7]: 3 parts do not divide axis 1 of 7`
 */
export const parts =
  (count: number, axis: number) =>
  <S extends Shape, D extends DType>(x: Tensor<S, D>): readonly Tensor<number[], D>[] => {
    const place = resolveAxis('parts', x.shape, axis)
    const length = x.shape[place] / count
    if (!Number.isSafeInteger(length)) {
      throw new ShapeError(
        `parts: ${formatShape(x.shape)}: ${count} parts do not divide axis ${axis} of ${x.shape[place]}`,
      )
    }
    return Array.from({ length: count }, (_, i) =>
      layout.slice(x, {
        starts: x.shape.map((__, other) => (other === place ? i * length : 0)),
        sizes: x.shape.map((n, other) => (other === place ? length : n)),
        steps: x.shape.map(() => 1),
      }),
    ) as Tensor<number[], D>[]
  }
