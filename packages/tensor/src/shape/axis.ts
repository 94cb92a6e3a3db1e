import type { Misfit, Show } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'

/**
 * The place of an axis counted from the front; a negative axis counts from the end. `rank` is the rank to count
 * in, where it is not the shape's own.
 *
 * @throws ShapeError `sum: [2, 3]: axis 2 is out of range for rank 2`
 */
export const resolveAxis = (operation: string, shape: Shape, axis: number, rank = shape.length): number => {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new ShapeError(`${operation}: ${formatShape(shape)}: axis ${axis} is out of range for rank ${rank}`)
  return axis < 0 ? axis + rank : axis
}

/**
 * Several axes counted from the front, in the order given.
 *
 * @throws ShapeError as `resolveAxis`, or `sum: [2, 3]: axis -2 is repeated`
 */
export const resolveAxes = (operation: string, shape: Shape, axes: readonly number[]): readonly number[] => {
  const resolved: number[] = []
  for (const axis of axes) {
    const place = resolveAxis(operation, shape, axis)
    if (resolved.includes(place))
      throw new ShapeError(`${operation}: ${formatShape(shape)}: axis ${axis} is repeated`)
    resolved.push(place)
  }
  return resolved
}

/** Row r: the places of rank r from the end, so that entry k is axis -k. */
interface PlacesFromEnd {
  0: [never]
  1: [never, '0']
  2: [never, '1', '0']
  3: [never, '2', '1', '0']
  4: [never, '3', '2', '1', '0']
  5: [never, '4', '3', '2', '1', '0']
  6: [never, '5', '4', '3', '2', '1', '0']
  7: [never, '6', '5', '4', '3', '2', '1', '0']
  8: [never, '7', '6', '5', '4', '3', '2', '1', '0']
  9: [never, '8', '7', '6', '5', '4', '3', '2', '1', '0']
}

/** Every place of a rank, as strings: `'0' | '1'`; `string` beyond the ranks that the compiler follows. */
export type Places<Rank extends number> = Rank extends keyof PlacesFromEnd
  ? PlacesFromEnd[Rank][number]
  : string

/**
 * The place of a literal axis, as a string (a key of the tuple): `never` if it is out of range, `string` if the
 * axis or the rank is not known.
 */
export type PlaceOf<Rank extends number, Axis extends number> = number extends Axis
  ? string
  : Rank extends keyof PlacesFromEnd
    ? `${Axis}` extends `-${infer K}`
      ? K extends keyof PlacesFromEnd[Rank]
        ? PlacesFromEnd[Rank][K]
        : never
      : `${Axis}` & PlacesFromEnd[Rank][number]
    : string

/** The sentence of `resolveAxis`. */
export type AxisMisfit<
  Op extends string,
  S extends Shape,
  Axis extends number,
  Rank extends number = S['length'],
> = Misfit<`${Op}: ${Show<S>}: axis ${Axis} is out of range for rank ${Rank}`>

/**
 * The places of several axes: a union of strings in an array, so that it is never mistaken for a `Misfit`;
 * `string[]` if one is unknown.
 */
export type PlacesOf<
  Op extends string,
  S extends Shape,
  Axes extends readonly number[],
  Seen extends string = never,
> = number extends Axes['length']
  ? string[]
  : Axes extends readonly [infer Axis extends number, ...infer Rest extends readonly number[]]
    ? PlaceOf<S['length'], Axis> extends infer Place extends string
      ? [Place] extends [never]
        ? AxisMisfit<Op, S, Axis>
        : string extends Place
          ? string[]
          : [Place] extends [Seen]
            ? Misfit<`${Op}: ${Show<S>}: axis ${Axis} is repeated`>
            : PlacesOf<Op, S, Rest, Seen | Place>
      : never
    : Seen[]

/** The tuple with `D` instead of the dimensions at the places. */
export type ReplaceAt<S extends Shape, P extends string, D extends number> = {
  -readonly [I in keyof S]: I extends P ? D : S[I]
}

/** The tuple without the dimensions at the places. */
export type RemoveAt<
  S extends Shape,
  P extends string,
  Passed extends readonly unknown[] = [],
  Out extends number[] = [],
> = S extends readonly [infer D extends number, ...infer Rest extends Shape]
  ? RemoveAt<Rest, P, [...Passed, D], `${Passed['length']}` extends P ? Out : [...Out, D]>
  : Out

/** The tuple with the dimensions `Inserted` before the one at the place (or at the end, past the last). */
export type InsertAt<
  S extends Shape,
  P extends string,
  Inserted extends Shape,
  Out extends number[] = [],
> = `${Out['length']}` extends P
  ? [...Out, ...Inserted, ...S]
  : S extends readonly [infer D extends number, ...infer Rest extends Shape]
    ? InsertAt<Rest, P, Inserted, [...Out, D]>
    : number[]

/** The dimension at the place. */
export type At<S extends Shape, P extends string> = P extends keyof S
  ? S[P] extends number
    ? S[P]
    : number
  : number
