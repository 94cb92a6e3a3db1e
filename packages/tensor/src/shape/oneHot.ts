import type { Fit, Misfit, NotNatural, ShapeOf, Show } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'

/**
 * `[...shape, depth]`.
 *
 * @throws ShapeError `oneHot: [2] to depth -1: the depth is not a non-negative integer`
 */
export const oneHotShape = <const S extends Shape, const Depth extends number>(
  shape: S,
  depth: Depth,
): ShapeOf<OneHot<S, Depth>> => {
  if (!Number.isSafeInteger(depth) || depth < 0)
    throw new ShapeError(
      `oneHot: ${formatShape(shape)} to depth ${depth}: the depth is not a non-negative integer`,
    )
  return [...shape, depth] as Shape as ShapeOf<OneHot<S, Depth>>
}

/** `oneHotShape`. */
export type OneHot<S extends Shape, Depth extends number> = [NotNatural<Depth>] extends [never]
  ? Fit<[...S, Depth]>
  : Misfit<`oneHot: ${Show<S>} to depth ${Depth}: the depth is not a non-negative integer`>
