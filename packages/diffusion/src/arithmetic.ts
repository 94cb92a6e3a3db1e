import { add, div, mul, sub, sum, type Binary, type Shape, type Tensor } from '@elbo/tensor'

/** Arithmetic in the order in which formulas are written, where the compiler does not know shapes. */
export type Real = Tensor<Shape>
export type Operand = Real | number

const chain =
  (operation: Binary<string>) =>
  (first: Real, ...rest: readonly Operand[]): Real =>
    rest.reduce<Real>((a, b) => (typeof b === 'number' ? operation(b)(a) : operation(b)(a)), first)

export const plus = chain(add)
export const minus = chain(sub)
export const times = chain(mul)
export const over = chain(div)

/** The sum over the last `axes` axes. */
export const sumLast = (x: Real, axes: number): Real =>
  axes === 0
    ? x
    : (sum(Array.from({ length: axes }, (_, i) => x.shape.length - axes + i)) as (x: Real) => Real)(x)
