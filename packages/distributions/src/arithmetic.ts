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
type Curried = (b: Real) => (a: Real) => Real

/** From left to right. A number comes in as a scalar of the other's shape. */
const chain =
  (operation: { (b: number): (a: Real) => Real; (b: Real): (a: Real) => Real }) =>
  (first: Operand, ...rest: readonly Operand[]): Real =>
    rest.reduce<Real>(
      (a, b) => (typeof b === 'number' ? operation(b)(a) : operation(b)(a)),
      asReal(first),
    )

export const plus = chain(t.add as { (b: number): (a: Real) => Real } & Curried)
export const minus = chain(t.sub as { (b: number): (a: Real) => Real } & Curried)
export const times = chain(t.mul as { (b: number): (a: Real) => Real } & Curried)
export const over = chain(t.div as { (b: number): (a: Real) => Real } & Curried)
export const larger = chain(t.maximum as { (b: number): (a: Real) => Real } & Curried)
export const smaller = chain(t.minimum as { (b: number): (a: Real) => Real } & Curried)

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
export const both = (a: Truth, b: Truth): Truth => t.and(b)(a) as Truth
export const either = (a: Truth, b: Truth): Truth => t.or(b)(a) as Truth

/** `a` where the condition holds, `b` elsewhere. */
export const choose = (condition: Truth, a: Operand, b: Operand): Real =>
  (t.where(asReal(a), asReal(b)) as (c: Truth) => Real)(condition)

/** A polynomial by Horner's rule, coefficients from the constant term on. */
export const polynomial = (x: Real, coefficients: readonly number[]): Real => {
  const [last, ...rest] = coefficients.toReversed()
  return asReal(rest.reduce<Operand>((p, c) => plus(times(x, p), c), last))
}

/** The sum over the last `rank` axes. */
export const sumLast = (x: Real, rank: number): Real =>
  rank === 0 ? x : (t.sum(lastAxes(x.shape, rank))(x) as Real)

export const allLast = (x: Truth, rank: number): Truth =>
  rank === 0 ? x : (t.all(lastAxes(x.shape, rank))(x) as Truth)

const lastAxes = (shape: Shape, rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, i) => shape.length - rank + i)

/** x, repeated to a whole shape. */
export const spread =
  (shape: Shape) =>
  (x: Real): Real =>
    x.shape.join() === shape.join() ? x : (t.broadcastTo(shape) as (x: Real) => Real)(x)
