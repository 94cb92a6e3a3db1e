import { sizeOf, type Shape } from '../shape/index.js'

/** Row-major strides, in elements. */
export const stridesOf = (shape: Shape): number[] => {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step
    step *= shape[axis]
  }
  return strides
}

/**
 * Visits the elements of `shape` in row-major order, with the position that each has in an array laid out by `strides` from `start`.
 * Zero strides repeat an element (broadcasting), negative ones walk backwards.
 */
export const walk = (
  shape: Shape,
  strides: readonly number[],
  start: number,
  visit: (position: number, ordinal: number) => void,
): void => {
  const size = sizeOf(shape)
  const rank = shape.length
  const index = new Array<number>(rank).fill(0)
  let position = start
  for (let ordinal = 0; ordinal < size; ordinal++) {
    visit(position, ordinal)
    for (let axis = rank - 1; axis >= 0; axis--) {
      position += strides[axis]
      if (++index[axis] < shape[axis]) break
      position -= strides[axis] * shape[axis]
      index[axis] = 0
    }
  }
}

/** A shape seen from one axis: the product of the axes before it, its own length, the product of those after it. */
export const aroundAxis = (
  shape: Shape,
  axis: number,
): readonly [outer: number, length: number, inner: number] => [
  sizeOf(shape.slice(0, axis)),
  shape[axis],
  sizeOf(shape.slice(axis + 1)),
]
