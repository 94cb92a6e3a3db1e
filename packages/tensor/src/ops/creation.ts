import {
  checkedShape,
  ShapeError,
  type Checked,
  type Requires,
  type Shape,
  type ShapeOf,
} from '../shape/index.js'
import type { DType, HostArrays } from '../graph/dtype.js'
import { fromNested, ndarray, type NDArray, type Nested } from '../graph/ndarray.js'
import type { AnyTensor, Tensor } from '../graph/tensor.js'
import * as leaves from '../primitives/leaves.js'

/** Host data as an expression. */
export const constant = <S extends Shape, D extends DType>(value: NDArray<S, D>): Tensor<S, D> =>
  leaves.constant(value) as Tensor<S, D>

/**
 * Numbers as an expression: a number, nested arrays, or flat data with its shape.
 * `tensor([[1, 2], [3, 4]])`, `tensor(new Float32Array(6), [2, 3])`.
 * @throws ShapeError when nested arrays are ragged or the data does not fill the shape.
 */
export function tensor<D extends DType = 'f32'>(value: Nested, dtype?: D): Tensor<number[], D>
export function tensor<const S extends Shape, D extends DType = 'f32'>(
  data: HostArrays[D] | readonly number[],
  shape: S,
  dtype?: D,
): Tensor<[...S], D>
export function tensor(
  value: Nested | HostArrays[DType],
  shapeOrType?: Shape | DType,
  dtype: DType = 'f32',
): AnyTensor {
  if (Array.isArray(shapeOrType))
    return leaves.constant(ndarray(value as readonly number[], shapeOrType as Shape, dtype))
  return leaves.constant(fromNested(value as Nested, (shapeOrType as DType | undefined) ?? 'f32'))
}

/** A single number, f32[]. */
export const scalar = (value: number): Tensor<[], 'f32'> => leaves.full([], 'f32', value) as Tensor<[], 'f32'>

/** `value` everywhere. */
export const full = <const S extends Shape, D extends DType = 'f32'>(
  shape: S & Requires<Checked<'full', S>>,
  value: number,
  dtype: D = 'f32' as D,
): Tensor<ShapeOf<Checked<'full', S>>, NoInfer<D>> =>
  leaves.full(checkedShape('full', shape), dtype, value) as Tensor<ShapeOf<Checked<'full', S>>, D>

export const zeros = <const S extends Shape, D extends DType = 'f32'>(
  shape: S & Requires<Checked<'zeros', S>>,
  dtype: D = 'f32' as D,
): Tensor<ShapeOf<Checked<'zeros', S>>, NoInfer<D>> =>
  leaves.full(checkedShape('zeros', shape), dtype, 0) as Tensor<ShapeOf<Checked<'zeros', S>>, D>

export const ones = <const S extends Shape, D extends DType = 'f32'>(
  shape: S & Requires<Checked<'ones', S>>,
  dtype: D = 'f32' as D,
): Tensor<ShapeOf<Checked<'ones', S>>, NoInfer<D>> =>
  leaves.full(checkedShape('ones', shape), dtype, 1) as Tensor<ShapeOf<Checked<'ones', S>>, D>

/** Zeros in the shape and element type of `x`. */
export const zerosLike = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> =>
  leaves.full(x.shape, x.dtype, 0) as Tensor<S, D>

export const onesLike = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> =>
  leaves.full(x.shape, x.dtype, 1) as Tensor<S, D>

/** 0, 1, …, length − 1. */
export const arange = <const N extends number, D extends Exclude<DType, 'bool'> = 'f32'>(
  length: N,
  dtype: D = 'f32' as D,
): Tensor<[N], NoInfer<D>> => {
  if (!Number.isSafeInteger(length) || length < 0)
    throw new ShapeError(`arange: the length ${length} is not a non-negative integer`)
  return leaves.iota(length, dtype) as Tensor<[N], D>
}
