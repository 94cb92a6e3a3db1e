import {
  argmax,
  broadcastShapes,
  broadcastTo,
  cast,
  constant,
  fromNested,
  ndarray,
  not,
  reshape,
  scalar,
  ShapeError,
  stack,
  sum,
  take,
  Tensor,
  type BroadcastAll,
  type NDArray,
  type Nested,
  type Shape,
} from '@elbo/tensor'
import { above, spread, sumLast, times, type Real, type Truth } from './arithmetic.js'
import type { Constraint } from './constraints/constraint.js'

/** What a parameter may be given as: a number, nested arrays of numbers, host data or a tensor. */
export type Parameter = number | readonly Nested[] | NDArray<Shape, 'f32'> | Tensor<Shape>

/** Of vectors and matrices; deeper arrays have a shape that the compiler does not follow. */
type NestedShape<T> = T extends readonly (infer Row)[]
  ? Row extends readonly (infer Entry)[]
    ? Entry extends number
      ? [T['length'], Row['length']]
      : number[]
    : [T['length']]
  : []

/** The shape of a parameter as it was given. */
export type ShapeOfParameter<P extends Parameter> = P extends { readonly shape: infer S extends Shape }
  ? [...S]
  : NestedShape<P>

type ShapesOfParameters<P extends readonly Parameter[]> = {
  readonly [I in keyof P]: ShapeOfParameter<P[I]>
}

/** The batch of parameters that are numbers each, as a rule: their shapes broadcast. `Names` is what a misfit's sentence begins with. */
export type Together<Names extends string, P extends readonly Parameter[]> = BroadcastAll<
  Names,
  ShapesOfParameters<P>
>

/** A parameter that its family does not admit: a mistake of the program, thrown where the distribution was built. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError'
  readonly family: string
  readonly parameter: string
  readonly constraint: string
  readonly value: number | readonly number[]

  constructor(
    family: string,
    parameter: string,
    { name, described }: Constraint,
    value: number | readonly number[],
    where = '',
  ) {
    super(sentence(family, parameter, described, value, where))
    this.family = family
    this.parameter = parameter
    this.constraint = name
    this.value = value
  }
}

/** `Normal: scale must be positive and finite, but is -1 at [2]`. */
const sentence = (
  family: string,
  parameter: string,
  described: string,
  value: number | readonly number[],
  where: string,
): string =>
  `${family}: ${parameter} must be ${described}, but is ${typeof value === 'number' ? value : `[${value.join(', ')}]`}${where}`

/** A parameter that was traced when the distribution was built: it has no value yet. */
export interface Check {
  readonly family: string
  readonly parameter: string
  readonly constraint: Constraint
  readonly value: Real
}

export interface Parameters<N extends string> {
  readonly family: string
  /** Each broadcast to the batch, followed by the axes of its own values. */
  readonly values: Readonly<Record<N, Real>>
  readonly batchShape: Shape
  readonly checks: readonly Check[]
}

const lift = (parameter: Parameter): Real =>
  parameter instanceof Tensor
    ? parameter
    : typeof parameter === 'number'
      ? scalar(parameter)
      : 'dtype' in parameter
        ? constant(parameter)
        : constant(fromNested(parameter))

/** The numbers of a tensor that is data; `undefined` where it will be computed. */
const literal = ({ node, shape }: Real): ArrayLike<number> | undefined => {
  const params = node.params as { readonly value: NDArray | number }
  if (node.primitive.name === 'full')
    return Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => params.value as number)
  return node.primitive.name === 'constant' ? (params.value as NDArray).data : undefined
}

/** The number that a parameter is everywhere; `undefined` where it is more than one, or will be computed. */
export const onlyNumber = (x: Real): number | undefined => {
  if (x.node.primitive.name === 'broadcast') return onlyNumber(x.node.inputs[0] as Real)
  const data = literal(x) ?? []
  return Array.from(data).every(one => one === data[0]) ? data[0] : undefined
}

/** The place of the n-th value in a shape, row by row. */
const placeOf = (n: number, shape: Shape): readonly number[] => {
  const place: number[] = []
  let rest = n
  for (const extent of shape.toReversed()) {
    place.unshift(rest % extent)
    rest = Math.floor(rest / extent)
  }
  return place
}

/** Where a place of a whole shape is in data that broadcasts to it. */
const indexOf = (place: readonly number[], shape: Shape): number =>
  shape.reduce((index, extent, axis) => {
    const own = place[place.length - shape.length + axis]
    return index * extent + (extent === 1 ? 0 : own)
  }, 0)

const validate = (family: string, parameter: string, constraint: Constraint, value: Real): Check[] => {
  const { eventRank, holds } = constraint
  const front = value.shape.slice(0, value.shape.length - eventRank)
  const event = value.shape.slice(value.shape.length - eventRank)
  const size = event.reduce((a, b) => a * b, 1)
  const data = literal(value)
  if (data === undefined) return [{ family, parameter, constraint, value }]
  for (let n = 0; n * size < data.length; n++) {
    const one = Array.from({ length: size }, (_, i) => data[n * size + i])
    if (!holds(one, event)) {
      const where = front.length === 0 ? '' : ` at [${placeOf(n, front).join(', ')}]`
      throw new ParameterError(family, parameter, constraint, eventRank === 0 ? one[0] : one, where)
    }
  }
  return []
}

/**
 * The parameters of a family: lifted, checked where they are data, and broadcast against each other. Each comes with its constraint; the
 * axes of one value (`eventRank`) stay behind the batch.
 * @throws ParameterError `Normal: scale must be positive and finite, but is -1`
 * @throws ShapeError `Normal: loc, scale: [2] and [3]: dimensions 2 and 3 do not broadcast`
 */
export const parameters = <N extends string>(
  family: string,
  given: Readonly<Record<N, readonly [Parameter, Constraint]>>,
): Parameters<N> => {
  const entries = Object.entries<readonly [Parameter, Constraint]>(given).map(
    ([name, [parameter, constraint]]) => {
      const value = lift(parameter)
      if (value.shape.length < constraint.eventRank) {
        throw new ShapeError(
          `${family}: ${name} must be ${constraint.described}, but has shape [${value.shape.join(', ')}]`,
        )
      }
      return { name, constraint, value }
    },
  )
  const batchShape = broadcastShapes<string, readonly Shape[]>(
    `${family}: ${entries.map(({ name }) => name).join(', ')}`,
    ...entries.map(({ value, constraint }) =>
      value.shape.slice(0, value.shape.length - constraint.eventRank),
    ),
  ) as Shape
  return {
    family,
    batchShape,
    checks: entries.flatMap(({ name, constraint, value }) => validate(family, name, constraint, value)),
    values: Object.fromEntries(
      entries.map(({ name, constraint, value }) => {
        const own = value.shape.slice(value.shape.length - constraint.eventRank)
        const whole = [...batchShape, ...own]
        return [
          name,
          whole.join() === value.shape.join() ? value : (broadcastTo(whole) as (x: Real) => Real)(value),
        ]
      }),
    ) as Record<N, Real>,
  }
}

/** Pairs of numbers of which the first is less. */
const increasing: Constraint = {
  name: 'increasing',
  described: 'increasing',
  eventRank: 1,
  discrete: false,
  witness: NaN,
  contains: x => above(sumLast(times(x, constant(ndarray([-1, 1], [2]))), 1), 0),
  holds: value => value[0] < value[1],
}

/**
 * What two parameters have to satisfy together: the first is less than the second.
 * @throws ParameterError `TruncatedNormal: low, high must be increasing, but is [3, 1] at [2]`
 */
export const ascending = (family: string, pair: Readonly<Record<string, Parameter>>): readonly Check[] => {
  const ends = Object.values(pair).map(lift)
  const name = Object.keys(pair).join(', ')
  const shape = broadcastShapes<string, readonly Shape[]>(
    `${family}: ${name}`,
    ...ends.map(end => end.shape),
  ) as Shape
  const known = ends.map(literal)
  const value =
    known[0] === undefined || known[1] === undefined
      ? (stack(-1) as (parts: readonly Real[]) => Real)(ends.map(spread(shape)))
      : constant(
          ndarray(
            Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, n) =>
              ends.map((end, i) => (known[i] as ArrayLike<number>)[indexOf(placeOf(n, shape), end.shape)]),
            ).flat(),
            [...shape, 2],
          ),
        )
  return validate(family, name, increasing, value)
}

/** How many values of a parameter break its constraint, and the first that does. */
export interface Violation {
  readonly count: Tensor<[], 'i32'>
  readonly first: Tensor<Shape>
}

/** By the beginning of the sentence that reports it: `Normal: scale must be positive and finite`. */
export type Violations = Readonly<Record<string, Violation>>

/**
 * The checked mode: what traced parameters have to satisfy, as tensors to put among the outputs of a step. `violated` reads their values.
 */
export const violations = ({ checks }: { readonly checks: readonly Check[] }): Violations =>
  Object.fromEntries(
    checks.map(({ family, parameter, constraint, value }) => {
      const event = value.shape.slice(value.shape.length - constraint.eventRank)
      const flat = (reshape([-1, ...event]) as (x: Real) => Real)(value)
      const bad = cast('i32')(not((constraint.contains as (x: Real) => Truth)(flat)))
      const at = (argmax(0) as (x: typeof bad) => Tensor<[], 'i32'>)(bad)
      return [
        `${family}: ${parameter} must be ${constraint.described}`,
        {
          count: (sum() as (x: typeof bad) => Tensor<[], 'i32'>)(bad),
          first: (take(at, 0) as (x: Real) => Real)(flat),
        },
      ]
    }),
  )

/** The sentences of a session's `violations`; empty where every parameter is as it should be. */
export const violated = (
  values: Readonly<Record<string, { readonly count: NDArray; readonly first: NDArray }>>,
): readonly string[] =>
  Object.entries(values).flatMap(([must, { count, first }]) =>
    count.data[0] === 0
      ? []
      : [
          `${must}, but is ${first.shape.length === 0 ? first.data[0] : `[${Array.from(first.data).join(', ')}]`}` +
            ` (${count.data[0]} of its values)`,
        ],
  )
