import * as t from '@elbo/tensor'
import type { AnyTensor, Shape, Tensor } from '@elbo/tensor'

/** Arithmetic in the order in which formulas are written, where the compiler does not know shapes: the inside of a bound. */
export type Real = Tensor<Shape>
export type Operand = Real | number

const chain =
  (operation: t.Binary<string>) =>
  (first: Real, ...rest: readonly Operand[]): Real =>
    rest.reduce<Real>((a, b) => (typeof b === 'number' ? operation(b)(a) : operation(b)(a)), first)

export const plus = chain(t.add)
export const minus = chain(t.sub)
export const times = chain(t.mul)
export const over = chain(t.div)

/** The sum of at least one. */
export const total = ([first, ...rest]: readonly Real[]): Real => plus(first, ...rest)

export const meanOver = (axis: number, x: Real): Real => (t.mean(axis) as (x: Real) => Real)(x)
export const sumOver = (axis: number, x: Real): Real => (t.sum(axis) as (x: Real) => Real)(x)
export const logSumExpOver = (axis: number, x: Real): Real => (t.logSumExp(axis) as (x: Real) => Real)(x)

/** The sum over all axes from `rank` on. */
export const sumFrom = (rank: number, x: Real): Real =>
  x.shape.length === rank ? x : t.sum(Array.from({ length: x.shape.length - rank }, (_, i) => rank + i))(x)

export const shaped = <T extends AnyTensor>(shape: Shape, x: T): T =>
  (t.reshape(shape) as unknown as (x: T) => T)(x)

/** x, repeated to a whole shape. */
export const spread = (shape: Shape, x: Real): Real =>
  x.shape.join() === shape.join() ? x : (t.broadcastTo(shape) as (x: Real) => Real)(x)

/** The n-th along the first axis; n may be traced. */
export const pick = <T extends AnyTensor>(n: Tensor<Shape, 'i32'>, x: T): T =>
  (t.take(n, 0) as unknown as (x: T) => T)(x)

/** 0 in value, with the gradient of x. */
export const gradientOnly = (x: Real): Real => minus(x, t.stopGradient(x))

/** A number or a tensor, as a tensor. */
export const asReal = (x: Operand): Real => (typeof x === 'number' ? t.scalar(x) : x)

/** `a` where the condition holds, `b` elsewhere. */
export const choose = (condition: Tensor<Shape, 'bool'>, a: Real, b: Real): Real => t.where(a, b)(condition)
