import type { Shape } from '../shape/index.js'
import { ShapeError, sizeOf } from '../shape/index.js'
import { hostArray, type DType, type HostArrays } from './dtype.js'

/** Host data: a typed array in row-major order and its shape. `constant` lifts it into an expression, `evaluate` brings one back. */
export interface NDArray<out S extends Shape = Shape, out D extends DType = DType> {
  readonly data: HostArrays[D]
  readonly shape: S
  readonly dtype: D
}

/** Nested arrays of numbers, as deep as the rank. */
export type Nested = number | readonly Nested[]

/**
 * Wraps a typed array (or a list of numbers) as host data of the given shape.
 * @throws ShapeError when the number of elements is not the product of the shape.
 */
export const ndarray = <const S extends Shape, D extends DType = 'f32'>(
  data: HostArrays[D] | readonly number[],
  shape: S,
  dtype: D = 'f32' as D,
): NDArray<S, D> => {
  const size = sizeOf(shape)
  if (data.length !== size) {
    throw new ShapeError(
      `ndarray: shape [${shape.join(', ')}] holds ${size} elements, the data has ${data.length}`,
    )
  }
  if (ArrayBuffer.isView(data)) return { data, shape, dtype }
  const copy = hostArray(dtype, size)
  copy.set(data)
  return { data: copy, shape, dtype }
}

const measure = (value: Nested): readonly number[] => {
  const shape: number[] = []
  let level: Nested = value
  while (typeof level !== 'number') {
    shape.push(level.length)
    if (level.length === 0) break
    level = level[0]
  }
  return shape
}

/**
 * Nested arrays as host data: `fromNested([[1, 2], [3, 4]])` has shape [2, 2].
 * @throws ShapeError when the arrays are ragged.
 */
export const fromNested = <D extends DType = 'f32'>(
  value: Nested,
  dtype: D = 'f32' as D,
): NDArray<Shape, D> => {
  const shape = measure(value)
  const data = hostArray(dtype, sizeOf(shape))
  let next = 0
  const visit = (level: Nested, axis: number): void => {
    if (typeof level === 'number') {
      if (axis !== shape.length)
        throw new ShapeError(
          `fromNested: a number stands at depth ${axis}, where an array of length ${shape[axis]} was expected`,
        )
      data[next++] = level
      return
    }
    if (axis >= shape.length || level.length !== shape[axis]) {
      throw new ShapeError(
        `fromNested: an array of length ${level.length} stands at depth ${axis}, where ${axis < shape.length ? `length ${shape[axis]}` : 'a number'} was expected`,
      )
    }
    for (const part of level) visit(part, axis + 1)
  }
  visit(value, 0)
  return { data, shape, dtype }
}

/** Host data as nested arrays, a plain number for rank 0. Booleans read 0 and 1. */
export const toNested = ({ data, shape }: NDArray): Nested => {
  const build = (axis: number, start: number, size: number): Nested => {
    if (axis === shape.length) return data[start]
    const step = size / Math.max(1, shape[axis])
    return Array.from({ length: shape[axis] }, (_, i) => build(axis + 1, start + i * step, step))
  }
  return build(0, 0, data.length)
}
