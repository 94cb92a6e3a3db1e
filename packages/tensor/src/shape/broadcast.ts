import type { Fit, Misfit, Rule, ShapeOf, Show, ShowAll, Unknown } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'

/** One axis of NumPy's rule: equal, or one of them 1. */
export const broadcastDimension = (a: number, b: number): number | undefined =>
  a === b || b === 1 ? a : a === 1 ? b : undefined

/** The first pair, from the last axis backwards, that does not broadcast; else the common shape. */
export const broadcastPair = (
  a: Shape,
  b: Shape,
): { readonly shape: Shape } | { readonly clash: readonly [number, number] } => {
  const rank = Math.max(a.length, b.length)
  const shape: number[] = new Array<number>(rank)
  for (let fromEnd = 1; fromEnd <= rank; fromEnd++) {
    const left = a[a.length - fromEnd] ?? 1
    const right = b[b.length - fromEnd] ?? 1
    const dimension = broadcastDimension(left, right)
    if (dimension === undefined) return { clash: [left, right] }
    shape[rank - fromEnd] = dimension
  }
  return { shape }
}

/**
 * The common shape of elementwise operands by NumPy's rule: shapes are aligned at the last axis, and a
 * dimension of 1 (or a missing one) stretches.
 *
 * @throws ShapeError `add: [2, 3] and [4]: dimensions 3 and 4 do not broadcast`
 */
export const broadcastShapes = <const Op extends string, const Shapes extends readonly Shape[]>(
  operation: Op,
  ...shapes: Shapes
): ShapeOf<BroadcastAll<Op, Shapes>> =>
  shapes.reduce<Shape>((common, shape) => {
    const pair = broadcastPair(common, shape)
    if ('shape' in pair) return pair.shape
    const operands = shapes.map(formatShape).join(' and ')
    throw new ShapeError(
      `${operation}: ${operands}: dimensions ${pair.clash[0]} and ${pair.clash[1]} do not broadcast`,
    )
  }, [])

/**
 * The shape `target`, if `shape` stretches to it.
 *
 * @throws ShapeError `broadcastTo: [2, 3] to [4, 3]: dimension 2 does not stretch to 4`, or
 * `broadcastTo: [2, 3] to [3]: the target has fewer axes`
 */
export const broadcastToShape = <const S extends Shape, const T extends Shape>(
  shape: S,
  target: T,
): ShapeOf<BroadcastTo<S, T>> => {
  const fail = (reason: string) =>
    new ShapeError(`broadcastTo: ${formatShape(shape)} to ${formatShape(target)}: ${reason}`)
  if (target.length < shape.length) throw fail('the target has fewer axes')
  for (let fromEnd = 1; fromEnd <= shape.length; fromEnd++) {
    const from = shape[shape.length - fromEnd]
    const to = target[target.length - fromEnd]
    if (from !== to && from !== 1) throw fail(`dimension ${from} does not stretch to ${to}`)
  }
  return target as Shape as ShapeOf<BroadcastTo<S, T>>
}

/** The first pair of literal dimensions, from the last axis backwards, that does not broadcast. */
export interface Clash<X extends number, Y extends number> {
  readonly left: X
  readonly right: Y
}

/** `broadcastDimension`, in a tuple. */
type Stretch<X extends number, Y extends number> = Y[] extends (X | 1)[]
  ? [X]
  : X[] extends 1[]
    ? [Y]
    : number extends Y
      ? [X]
      : Clash<X, Y>

type AlignedFromEnd<A extends Shape, B extends Shape, Out extends number[] = []> = A extends readonly [
  ...infer RestA extends Shape,
  infer X extends number,
]
  ? B extends readonly [...infer RestB extends Shape, infer Y extends number]
    ? Stretch<X, Y> extends [infer D extends number]
      ? AlignedFromEnd<RestA, RestB, [D, ...Out]>
      : Clash<X, Y>
    : Fit<[...A, ...Out]>
  : Fit<[...B, ...Out]>

/** `broadcastPair`: a `Fit` of the common shape, or a `Clash`. */
export type BroadcastPair<A extends Shape, B extends Shape> = B[] extends (A | readonly [] | Stretchable<A>)[]
  ? Fit<A>
  : A extends readonly []
    ? Fit<B>
    : number extends A['length'] | B['length']
      ? Unknown
      : AlignedFromEnd<A, B>

/** The shapes of A's rank that stretch to A. */
type Stretchable<A extends Shape> = { readonly [I in keyof A]: A[I] | 1 }

/**
 * `broadcastShapes` of two. Against a literal other than 1, `number` gives the literal, but where the first operand
 * is `number` and the second is literal the result is `number`: that is true too, and lets one comparison decide
 * for type parameters (`S` with `S`, `S` with `[]`, `[N, C]` with `[N, 1]`).
 */
export type Broadcast<Op extends string, A extends Shape, B extends Shape> =
  BroadcastPair<A, B> extends infer R extends Rule
    ? R
    : BroadcastPair<A, B> extends Clash<infer X, infer Y>
      ? Misfit<`${Op}: ${Show<A>} and ${Show<B>}: dimensions ${X} and ${Y} do not broadcast`>
      : Unknown

/** `broadcastShapes` of any number of shapes. */
export type BroadcastAll<Op extends string, Shapes extends readonly Shape[]> = number extends Shapes['length']
  ? Unknown
  : Folded<Shapes> extends infer R extends Rule
    ? R
    : Folded<Shapes> extends Clash<infer X, infer Y>
      ? Misfit<`${Op}: ${ShowAll<Shapes>}: dimensions ${X} and ${Y} do not broadcast`>
      : Unknown

type Folded<Shapes extends readonly Shape[], Common extends Shape = []> = Shapes extends readonly [
  infer S extends Shape,
  ...infer Rest extends readonly Shape[],
]
  ? BroadcastPair<Common, S> extends Fit<infer R>
    ? Folded<Rest, R>
    : BroadcastPair<Common, S>
  : Fit<Common>

type StretchFault<S extends Shape, T extends Shape> = S extends readonly [
  ...infer RestS extends Shape,
  infer X extends number,
]
  ? T extends readonly [...infer RestT extends Shape, infer Y extends number]
    ? X[] extends (Y | 1)[]
      ? StretchFault<RestS, RestT>
      : number extends X | Y
        ? StretchFault<RestS, RestT>
        : `dimension ${X} does not stretch to ${Y}`
    : never
  : never

/** `broadcastToShape`. */
export type BroadcastTo<S extends Shape, T extends Shape> = number extends S['length'] | T['length']
  ? Fit<T>
  : HasFewerAxes<T, S> extends true
    ? Misfit<`broadcastTo: ${Show<S>} to ${Show<T>}: the target has fewer axes`>
    : [StretchFault<S, T>] extends [never]
      ? Fit<[...T]>
      : Misfit<`broadcastTo: ${Show<S>} to ${Show<T>}: ${StretchFault<S, T>}`>

type HasFewerAxes<A extends Shape, B extends Shape> = A extends readonly [
  unknown,
  ...infer RestA extends Shape,
]
  ? B extends readonly [unknown, ...infer RestB extends Shape]
    ? HasFewerAxes<RestA, RestB>
    : false
  : B extends readonly []
    ? false
    : true
