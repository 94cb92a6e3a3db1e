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

/**
 * A shape seen from several axes, as from one; `undefined` where other axes stand between them, or where they are none. Axes of size 1 stand nowhere.
 */
export const aroundAxes = (
  shape: Shape,
  axes: readonly number[],
): readonly [outer: number, length: number, inner: number] | undefined => {
  const inside = shape.flatMap((size, axis) => (size !== 1 && axes.includes(axis) ? [axis] : []))
  if (inside.length === 0) return undefined
  const [first, last] = [inside[0], inside[inside.length - 1]]
  if (shape.slice(first, last + 1).some((size, i) => size !== 1 && !inside.includes(first + i)))
    return undefined
  return [sizeOf(shape.slice(0, first)), sizeOf(shape.slice(first, last + 1)), sizeOf(shape.slice(last + 1))]
}
