import type { Add } from './digits.js'
import type { Fit, Misfit, NotNatural, FirstNotNatural, ShapeOf, Show, ShowAll, Unknown } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'

/** Elements added before and after an axis. */
export type Padding = readonly [before: number, after: number]

/**
 * Every axis grown by its pair; one pair per axis.
 *
 * @throws ShapeError `pad: [2, 3] by [[1, 1]]: 1 pairs for rank 2`, or
 * `pad: [2] by [[-1, 0]]: padding -1 is not a non-negative integer`
 */
export const padShape = <const S extends Shape, const P extends readonly Padding[]>(
  shape: S,
  padding: P,
): ShapeOf<Pad<S, P>> => {
  const fail = (reason: string) =>
    new ShapeError(`pad: ${formatShape(shape)} by [${padding.map(formatShape).join(', ')}]: ${reason}`)
  if (padding.length !== shape.length) throw fail(`${padding.length} pairs for rank ${shape.length}`)
  const bad = padding.flat().find(amount => !Number.isSafeInteger(amount) || amount < 0)
  if (bad !== undefined) throw fail(`padding ${bad} is not a non-negative integer`)
  const result: Shape = shape.map((dimension, axis) => dimension + padding[axis][0] + padding[axis][1])
  return result as ShapeOf<Pad<S, P>>
}

/** `padShape`. */
export type Pad<S extends Shape, P extends readonly Padding[]> = number extends S['length'] | P['length']
  ? Unknown
  : P['length'] extends S['length']
    ? [NotNatural<P[number][number]>] extends [never]
      ? Fit<Padded<S, P>>
      : Misfit<`pad: ${Show<S>} by [${ShowAll<P, ', '>}]: padding ${FirstNotNatural<Amounts<P>>} is not a non-negative integer`>
    : Misfit<`pad: ${Show<S>} by [${ShowAll<P, ', '>}]: ${P['length']} pairs for rank ${S['length']}`>

type Padded<S extends Shape, P extends readonly Padding[]> = {
  -readonly [I in keyof S]: P[I & keyof P] extends readonly [
    infer Before extends number,
    infer After extends number,
  ]
    ? Add<Add<S[I], Before>, After>
    : number
}

type Amounts<P extends readonly Padding[], Out extends Shape = []> = P extends readonly [
  infer First extends Padding,
  ...infer Rest extends readonly Padding[],
]
  ? Amounts<Rest, [...Out, ...First]>
  : Out
