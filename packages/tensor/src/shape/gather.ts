import { type AxisMisfit, type InsertAt, type PlaceOf, type RemoveAt, resolveAxis } from './axis.js'
import type { JoinFault } from './concat.js'
import type { Fit, Misfit, ShapeOf, Show, Unknown } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'

/**
 * `take(indices, axis)`: the axis gives way to the axes of `indices`,
 * `[...before, n, ...after] at [...indices] → [...before, ...indices, ...after]`.
 *
 * @throws ShapeError `take: [2, 3]: axis 2 is out of range for rank 2`
 */
export const takeShape = <const S extends Shape, const I extends Shape, const Axis extends number>(
  shape: S,
  indices: I,
  axis: Axis,
): ShapeOf<Take<S, I, Axis>> => {
  const place = resolveAxis('take', shape, axis)
  const result: Shape = [...shape.slice(0, place), ...indices, ...shape.slice(place + 1)]
  return result as ShapeOf<Take<S, I, Axis>>
}

/**
 * `takeAlongAxis(indices, axis)`: one pick per element of `indices`, whose other dimensions equal the operand's.
 *
 * @throws ShapeError `takeAlongAxis: [2, 3] at [4, 1] along axis 1: dimensions 2 and 4 differ`,
 * `takeAlongAxis: [2, 3] at [2] along axis 1: ranks 2 and 1 differ`, or as `resolveAxis`
 */
export const takeAlongAxisShape = <const S extends Shape, const I extends Shape, const Axis extends number>(
  shape: S,
  indices: I,
  axis: Axis,
): ShapeOf<TakeAlongAxis<S, I, Axis>> => {
  const place = resolveAxis('takeAlongAxis', shape, axis)
  const fail = (reason: string) =>
    new ShapeError(
      `takeAlongAxis: ${formatShape(shape)} at ${formatShape(indices)} along axis ${axis}: ${reason}`,
    )
  if (shape.length !== indices.length) throw fail(`ranks ${shape.length} and ${indices.length} differ`)
  const clash = shape.findIndex((dimension, i) => i !== place && dimension !== indices[i])
  if (clash >= 0) throw fail(`dimensions ${shape[clash]} and ${indices[clash]} differ`)
  return indices as Shape as ShapeOf<TakeAlongAxis<S, I, Axis>>
}

/** `takeShape`. */
export type Take<S extends Shape, I extends Shape, Axis extends number> =
  PlaceOf<S['length'], Axis> extends infer Place extends string
    ? [Place] extends [never]
      ? AxisMisfit<'take', S, Axis>
      : string extends Place
        ? Unknown
        : Fit<InsertAt<RemoveAt<S, Place>, Place, I>>
    : Unknown

/** `takeAlongAxisShape`. */
export type TakeAlongAxis<S extends Shape, I extends Shape, Axis extends number> =
  PlaceOf<S['length'], Axis> extends infer Place extends string
    ? [Place] extends [never]
      ? AxisMisfit<'takeAlongAxis', S, Axis>
      : string extends Place
        ? Fit<I>
        : [JoinFault<S, I, Place>] extends [infer Reason extends string]
          ? [Reason] extends [never]
            ? Fit<[...I]>
            : Misfit<`takeAlongAxis: ${Show<S>} at ${Show<I>} along axis ${Axis}: ${Reason}`>
          : Unknown
    : Unknown
