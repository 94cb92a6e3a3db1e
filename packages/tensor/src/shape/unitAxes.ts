import {
  type At,
  type AxisMisfit,
  type InsertAt,
  type PlaceOf,
  type PlacesOf,
  type RemoveAt,
  resolveAxes,
  resolveAxis,
} from './axis.js'
import type { Fit, Misfit, Rule, ShapeOf, Show, Unknown } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'

/**
 * A new axis of 1 that stands at `axis` of the result; -1 puts it last.
 *
 * @throws ShapeError `expandDims: [2, 3]: axis 4 is out of range for rank 3` (the result's rank)
 */
export const expandDimsShape = <const S extends Shape, const Axis extends number>(
  shape: S,
  axis: Axis,
): ShapeOf<ExpandDims<S, Axis>> => {
  const place = resolveAxis('expandDims', shape, axis, shape.length + 1)
  return [...shape.slice(0, place), 1, ...shape.slice(place)] as Shape as ShapeOf<ExpandDims<S, Axis>>
}

/**
 * Without the axes given, which must be 1; without axes, every axis of 1 goes.
 *
 * @throws ShapeError `squeeze: [2, 3]: axis 1 is 3, not 1`, or as `resolveAxes`
 */
export const squeezeShape = <
  const S extends Shape,
  const Axes extends number | readonly number[] | undefined = undefined,
>(
  shape: S,
  axes?: Axes,
): ShapeOf<Squeeze<S, Axes>> => {
  if (axes === undefined)
    return shape.filter(dimension => dimension !== 1) as Shape as ShapeOf<Squeeze<S, Axes>>
  const list: readonly number[] = typeof axes === 'number' ? [axes] : axes
  const gone = resolveAxes('squeeze', shape, list)
  gone.forEach((place, i) => {
    if (shape[place] !== 1)
      throw new ShapeError(`squeeze: ${formatShape(shape)}: axis ${list[i]} is ${shape[place]}, not 1`)
  })
  return shape.filter((_, axis) => !gone.includes(axis)) as Shape as ShapeOf<Squeeze<S, Axes>>
}

interface RankAbove {
  0: 1
  1: 2
  2: 3
  3: 4
  4: 5
  5: 6
  6: 7
  7: 8
  8: 9
}

/** The next rank; `number` beyond those that the compiler follows. */
export type Above<Rank extends number> = Rank extends keyof RankAbove ? RankAbove[Rank] : number

/** `expandDimsShape`. */
export type ExpandDims<S extends Shape, Axis extends number> = NewAxis<'expandDims', S, Axis, 1>

/** A new axis of `D` at `Axis` of the result. */
export type NewAxis<Op extends string, S extends Shape, Axis extends number, D extends number> =
  PlaceOf<Above<S['length']>, Axis> extends infer Place extends string
    ? [Place] extends [never]
      ? AxisMisfit<Op, S, Axis, Above<S['length']>>
      : string extends Place
        ? Unknown
        : Fit<InsertAt<S, Place, [D]>>
    : Unknown

/** `squeezeShape`. */
export type Squeeze<
  S extends Shape,
  Axes extends number | readonly number[] | undefined = undefined,
> = Axes extends undefined
  ? number extends S['length'] | S[number]
    ? Unknown
    : Fit<WithoutOnes<S>>
  : AxisList<Axes> extends infer List extends readonly number[]
    ? PlacesOf<'squeeze', S, List> extends infer P
      ? P extends Rule
        ? P
        : P extends readonly (infer Place extends string)[]
          ? string extends Place
            ? Unknown
            : Squeezed<S, Place, List>
          : Unknown
      : Unknown
    : Unknown

/** One axis or a list of them as a list. */
export type AxisList<Axes> = Axes extends number ? [Axes] : Axes extends readonly number[] ? Axes : []

type WithoutOnes<S extends Shape, Out extends number[] = []> = S extends readonly [
  infer D extends number,
  ...infer Rest extends Shape,
]
  ? WithoutOnes<Rest, D extends 1 ? Out : [...Out, D]>
  : Out

type Squeezed<S extends Shape, Place extends string, List extends readonly number[]> = [
  FirstNotOne<S, List>,
] extends [infer Axis extends number]
  ? [Axis] extends [never]
    ? Fit<RemoveAt<S, Place>>
    : Misfit<`squeeze: ${Show<S>}: axis ${Axis} is ${At<S, PlaceOf<S['length'], Axis>>}, not 1`>
  : Unknown

type FirstNotOne<S extends Shape, List extends readonly number[]> = List extends readonly [
  infer Axis extends number,
  ...infer Rest extends readonly number[],
]
  ? At<S, PlaceOf<S['length'], Axis>> extends infer D extends number
    ? number extends D
      ? FirstNotOne<S, Rest>
      : D extends 1
        ? FirstNotOne<S, Rest>
        : Axis
    : never
  : never
