import { type PlacesOf, type RemoveAt, type ReplaceAt, resolveAxes } from './axis.js'
import type { Fit, Rule, ShapeOf, Unknown } from './rule.js'
import type { Shape } from './shape.js'
import type { AxisList } from './unitAxes.js'

/** The axes that a reduction consumes, counted from the front, in increasing order; none given: all. */
export const reducedAxes = (
  operation: string,
  shape: Shape,
  axes?: number | readonly number[],
): readonly number[] =>
  axes === undefined
    ? shape.map((_, axis) => axis)
    : [...resolveAxes(operation, shape, typeof axes === 'number' ? [axes] : axes)].sort((a, b) => a - b)

/**
 * The shape without the reduced axes (all of them if none is given), or with 1 in their place for `keepDims`.
 *
 * @throws ShapeError `sum: [2, 3]: axis 2 is out of range for rank 2`, `sum: [2, 3]: axis -2 is repeated`
 */
export const reduceShape = <
  const Op extends string,
  const S extends Shape,
  const Axes extends number | readonly number[] | undefined = undefined,
  const KeepDims extends boolean = false,
>(
  operation: Op,
  shape: S,
  axes?: Axes,
  keepDims?: KeepDims,
): ShapeOf<Reduce<Op, S, Axes, KeepDims>> => {
  const reduced = reducedAxes(operation, shape, axes)
  const result: Shape = keepDims
    ? shape.map((dimension, axis) => (reduced.includes(axis) ? 1 : dimension))
    : shape.filter((_, axis) => !reduced.includes(axis))
  return result as ShapeOf<Reduce<Op, S, Axes, KeepDims>>
}

/** `reduceShape`. */
export type Reduce<
  Op extends string,
  S extends Shape,
  Axes extends number | readonly number[] | undefined = undefined,
  KeepDims extends boolean = false,
> = [Axes] extends [undefined]
  ? [KeepDims] extends [false]
    ? Fit<[]>
    : [KeepDims] extends [true]
      ? Fit<{ -readonly [I in keyof S]: 1 }>
      : Unknown
  : PlacesOf<Op, S, AxisList<Axes>> extends infer P
    ? P extends Rule
      ? P
      : P extends readonly (infer Place extends string)[]
        ? ReducedAt<S, Place, KeepDims>
        : Unknown
    : Unknown

type ReducedAt<S extends Shape, Place extends string, KeepDims extends boolean> = string extends Place
  ? Unknown
  : [KeepDims] extends [false]
    ? Fit<RemoveAt<S, Place>>
    : [KeepDims] extends [true]
      ? Fit<ReplaceAt<S, Place, 1>>
      : Unknown
