import * as t from '@elbo/tensor'
import type { Shape, Tensor } from '@elbo/tensor'

/**
 * Arithmetic in the order in which formulas are written, on tensors whose shapes the compiler does not know: the inside of a density. What
 * users see has its shape in its type.
 */
export type Real = Tensor<Shape>
export type Truth = Tensor<Shape, 'bool'>
export type Operand = Real | number

/** A number as a scalar. */
export const asReal = (x: Operand): Real => (typeof x === 'number' ? t.scalar(x) : x)

/** From left to right. A number comes in as a scalar of the other's shape. */
const chain =
  (operation: t.Binary<string>) =>
  (first: Operand, ...rest: readonly Operand[]): Real =>
    rest.reduce<Real>((a, b) => (typeof b === 'number' ? operation(b)(a) : operation(b)(a)), asReal(first))

export const plus = chain(t.add)
export const minus = chain(t.sub)
export const times = chain(t.mul)
export const over = chain(t.div)
export const larger = chain(t.maximum)
export const smaller = chain(t.minimum)

type Compare = (b: number | Real) => (a: Real) => Truth
const comparison =
  (operation: Compare) =>
  (a: Real, b: Operand): Truth =>
    operation(b)(a)

export const below = comparison(t.lt as Compare)
export const atMost = comparison(t.le as Compare)
export const above = comparison(t.gt as Compare)
export const atLeast = comparison(t.ge as Compare)
export const equal = comparison(t.eq as Compare)
export const both = (a: Truth, b: Truth): Truth => t.and(b)(a)
export const either = (a: Truth, b: Truth): Truth => t.or(b)(a)

/** `a` where the condition holds, `b` elsewhere. */
export const choose = (condition: Truth, a: Operand, b: Operand): Real =>
  t.where(asReal(a), asReal(b))(condition)

/** A polynomial by Horner's rule, coefficients from the constant term on. */
export const polynomial = (x: Real, coefficients: readonly number[]): Real => {
  const [last, ...rest] = coefficients.toReversed()
  return asReal(rest.reduce<Operand>((p, c) => plus(times(x, p), c), last))
}

/** The sum over the last `rank` axes. */
export const sumLast = (x: Real, rank: number): Real => (rank === 0 ? x : t.sum(lastAxes(x.shape, rank))(x))

export const allLast = (x: Truth, rank: number): Truth => (rank === 0 ? x : t.all(lastAxes(x.shape, rank))(x))

const lastAxes = (shape: Shape, rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, i) => shape.length - rank + i)

/** x, repeated to a whole shape. */
export const spread =
  (shape: Shape) =>
  (x: Real): Real =>
    x.shape.join() === shape.join() ? x : (t.broadcastTo(shape) as (x: Real) => Real)(x)

/** A record of tensors, each repeated to the shape that they have in common: what a gradient of one's own needs. */
export const together = <R extends Readonly<Record<string, Real>>>(parts: R): R => {
  const shape = t.broadcastShapes<string, readonly Shape[]>(
    'together',
    ...Object.values(parts).map(x => x.shape),
  ) as Shape
  return Object.fromEntries(Object.entries(parts).map(([name, x]) => [name, spread(shape)(x)])) as R
}
