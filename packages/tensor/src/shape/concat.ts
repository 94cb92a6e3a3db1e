import { type At, type AxisMisfit, type PlaceOf, type ReplaceAt, resolveAxis } from './axis.js'
import type { Add } from './digits.js'
import type { Agree, Fit, Misfit, ShapeOf, Show, Unknown } from './rule.js'
import { equalShapes, formatShape, type Shape, ShapeError } from './shape.js'
import type { NewAxis } from './unitAxes.js'

/**
 * Shapes joined along an existing axis; the other dimensions must agree with the first shape's.
 *
 * @throws ShapeError `concat: [2, 3] and [2, 4] along axis 0: dimensions 3 and 4 differ`,
 * `concat: [2, 3] and [2] along axis 0: ranks 2 and 1 differ`, `concat: nothing to join`, or as `resolveAxis`
 */
export const concatShape = <const Shapes extends readonly Shape[], const Axis extends number>(
  shapes: Shapes,
  axis: Axis,
): ShapeOf<Concat<Shapes, Axis>> => {
  const [first, ...rest] = shapes
  if (first === undefined) throw new ShapeError('concat: nothing to join')
  const place = resolveAxis('concat', first, axis)
  let joined = first[place]
  for (const shape of rest) {
    const fail = (reason: string) =>
      new ShapeError(`concat: ${formatShape(first)} and ${formatShape(shape)} along axis ${axis}: ${reason}`)
    if (shape.length !== first.length) throw fail(`ranks ${first.length} and ${shape.length} differ`)
    const clash = first.findIndex((dimension, i) => i !== place && dimension !== shape[i])
    if (clash >= 0) throw fail(`dimensions ${first[clash]} and ${shape[clash]} differ`)
    joined += shape[place]
  }
  return first.map((dimension, i) => (i === place ? joined : dimension)) as Shape as ShapeOf<
    Concat<Shapes, Axis>
  >
}

/**
 * Equal shapes joined along a new axis, which stands at `axis` of the result.
 *
 * @throws ShapeError `stack: [2, 3] and [2, 4]: shapes differ`, `stack: nothing to join`, or as `resolveAxis`
 */
export const stackShape = <const Shapes extends readonly Shape[], const Axis extends number>(
  shapes: Shapes,
  axis: Axis,
): ShapeOf<Stack<Shapes, Axis>> => {
  const [first, ...rest] = shapes
  if (first === undefined) throw new ShapeError('stack: nothing to join')
  const other = rest.find(shape => !equalShapes(shape, first))
  if (other !== undefined)
    throw new ShapeError(`stack: ${formatShape(first)} and ${formatShape(other)}: shapes differ`)
  const place = resolveAxis('stack', first, axis, first.length + 1)
  const result: Shape = [...first.slice(0, place), shapes.length, ...first.slice(place)]
  return result as ShapeOf<Stack<Shapes, Axis>>
}

/** `concatShape`. */
export type Concat<Shapes extends readonly Shape[], Axis extends number> = number extends Shapes['length']
  ? Unknown
  : Shapes extends readonly [infer First extends Shape, ...infer Rest extends readonly Shape[]]
    ? PlaceOf<First['length'], Axis> extends infer Place extends string
      ? [Place] extends [never]
        ? AxisMisfit<'concat', First, Axis>
        : string extends Place
          ? Unknown
          : Joined<First, Rest, Axis, Place, At<First, Place>>
      : Unknown
    : Misfit<'concat: nothing to join'>

type Joined<
  First extends Shape,
  Rest extends readonly Shape[],
  Axis extends number,
  Place extends string,
  Length extends number,
> = Rest extends readonly [infer S extends Shape, ...infer Others extends readonly Shape[]]
  ? [JoinFault<First, S, Place>] extends [infer Reason extends string]
    ? [Reason] extends [never]
      ? Joined<First, Others, Axis, Place, Add<Length, At<S, Place>>>
      : Misfit<`concat: ${Show<First>} and ${Show<S>} along axis ${Axis}: ${Reason}`>
    : Unknown
  : Fit<ReplaceAt<First, Place, Length>>

/** Why the shapes differ elsewhere than at the place; `never` if they do not. */
export type JoinFault<A extends Shape, B extends Shape, Place extends string> = number extends
  A['length'] | B['length']
  ? never
  : A['length'] extends B['length']
    ? FirstDifference<A, B, Place>
    : `ranks ${A['length']} and ${B['length']} differ`

type FirstDifference<
  A extends Shape,
  B extends Shape,
  Place extends string,
  Passed extends readonly unknown[] = [],
> = A extends readonly [infer X extends number, ...infer RestA extends Shape]
  ? B extends readonly [infer Y extends number, ...infer RestB extends Shape]
    ? `${Passed['length']}` extends Place
      ? FirstDifference<RestA, RestB, Place, [...Passed, X]>
      : Agree<X, Y> extends true
        ? FirstDifference<RestA, RestB, Place, [...Passed, X]>
        : `dimensions ${X} and ${Y} differ`
    : never
  : never

/** `stackShape`. */
export type Stack<Shapes extends readonly Shape[], Axis extends number> = number extends Shapes['length']
  ? Unknown
  : Shapes extends readonly [infer First extends Shape, ...infer Rest extends readonly Shape[]]
    ? [Unequal<First, Rest>] extends [infer Other]
      ? [Other] extends [never]
        ? NewAxis<'stack', First, Axis, Shapes['length']>
        : Other extends Shape
          ? Misfit<`stack: ${Show<First>} and ${Show<Other>}: shapes differ`>
          : Unknown
      : Unknown
    : Misfit<'stack: nothing to join'>

type Unequal<First extends Shape, Rest extends readonly Shape[]> = Rest extends readonly [
  infer S extends Shape,
  ...infer Others extends readonly Shape[],
]
  ? [JoinFault<First, S, never>] extends [never]
    ? Unequal<First, Others>
    : S
  : never
