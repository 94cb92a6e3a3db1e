import type { Checked, ShapeOf } from './rule.js'

/** The extent of each axis, outermost first; `[]` is a scalar. */
export type Shape = readonly number[]

/**
 * Shapes that do not fit together: a defect of the program, thrown where it was made. The message names the
 * operation, the shapes and the reason, in the words the compiler uses for literal shapes.
 */
export class ShapeError extends Error {
  override readonly name = 'ShapeError'
}

/** `[2, 3]`, as every sentence prints a shape (and any other list of integers). */
export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`

/** The number of elements: the product of the dimensions, 1 for a scalar. */
export const sizeOf = (shape: Shape): number => {
  let size = 1
  for (const dimension of shape) size *= dimension
  return size
}

export const equalShapes = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dimension, axis) => dimension === b[axis])

/**
 * A shape that the caller wrote: every dimension must be a non-negative integer.
 *
 * @throws ShapeError `zeros: [2, -3]: dimension -3 is not a non-negative integer`
 */
export const checkedShape = <const Op extends string, const S extends Shape>(
  operation: Op,
  shape: S,
): ShapeOf<Checked<Op, S>> => {
  const bad = shape.find(dimension => !Number.isSafeInteger(dimension) || dimension < 0)
  if (bad !== undefined)
    throw new ShapeError(
      `${operation}: ${formatShape(shape)}: dimension ${bad} is not a non-negative integer`,
    )
  return shape as Shape as ShapeOf<Checked<Op, S>>
}
