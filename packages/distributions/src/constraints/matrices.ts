import { abs, arange, expandDims, ge, square, type Shape, type Tensor } from '@elbo/tensor'
import {
  above,
  allLast,
  atMost,
  below,
  both,
  choose,
  equal,
  minus,
  sumLast,
  times,
  type Real,
  type Truth,
} from '../arithmetic.js'
import { cholesky, diagonal, identity, transposed } from '../linear.js'
import type { Constraint, Support } from './constraint.js'

/** How far single-precision entries that mirror each other may differ, relative to the larger diagonal element. */
const slack = 1e-5

const onOrBelow = (n: number): Truth => ge(arange(n))(expandDims(1)(arange(n)) as Tensor<Shape>)
const finite = (x: Real): Truth => both(above(x, -Infinity), below(x, Infinity))

/** Lower triangular with a positive diagonal: what `cholesky` gives. */
export const lowerCholesky: Constraint = {
  name: 'lowerCholesky',
  described: 'lower triangular with a positive diagonal',
  eventRank: 2,
  discrete: false,
  witness: 1,
  contains: x =>
    both(
      allLast(both(equal(choose(onOrBelow(x.shape[x.shape.length - 1]), 0, x), 0), finite(x)), 2),
      allLast(above(diagonal(x), 0), 1),
    ),
  holds: (value, [n, m]) =>
    n === m &&
    Array.from(value).every((x, at) => {
      const [row, column] = [Math.floor(at / n), at % n]
      return row < column ? x === 0 : Number.isFinite(x) && (row !== column || x > 0)
    }),
}

/** Cholesky's algorithm on the host, in doubles: does every pivot come out positive? */
const hasPositivePivots = (value: ArrayLike<number>, n: number): boolean => {
  const a = Float64Array.from(value)
  for (let j = 0; j < n; j++) {
    const pivot = a[j * n + j]
    if (!(pivot > 0 && pivot < Infinity)) return false
    for (let i = j + 1; i < n; i++) {
      const factor = a[i * n + j] / pivot
      for (let k = j + 1; k < n; k++) a[i * n + k] -= factor * a[j * n + k]
    }
  }
  return true
}

/** Symmetric with positive eigenvalues. */
export const positiveDefinite: Constraint = {
  name: 'positiveDefinite',
  described: 'symmetric and positive definite',
  eventRank: 2,
  discrete: false,
  witness: 1,
  contains: x =>
    both(
      allLast(atMost(abs(minus(x, transposed(x))), times(abs(x), slack)), 2),
      allLast(above(diagonal(cholesky(x)), 0), 1),
    ),
  holds: (value, [n, m]) =>
    n === m &&
    Array.from(value).every((x, at) => {
      const mirrored = value[(at % n) * n + Math.floor(at / n)]
      return Math.abs(x - mirrored) <= slack * Math.abs(x)
    }) &&
    hasPositivePivots(value, n),
}

/** A matrix of finite numbers. */
export const realMatrix: Constraint = {
  name: 'realMatrix',
  described: 'a matrix of finite numbers',
  eventRank: 2,
  discrete: false,
  witness: 0,
  contains: x => allLast(finite(x), 2),
  holds: value => Array.from(value).every(Number.isFinite),
}

/** The positive definite matrices of n rows, as a support. */
export const positiveDefiniteOf = (n: number): Support => ({ ...positiveDefinite, witness: identity(n) })

/** How far the squares of a row of single-precision numbers may sum from 1. */
const rowSlack = 1e-5

/** Cholesky factors of the correlation matrices of n rows: lower triangular with a positive diagonal and rows of length 1. */
export const correlationCholeskyOf = (n: number): Support => ({
  name: 'correlationCholesky',
  described: 'lower triangular with a positive diagonal and rows of length 1',
  eventRank: 2,
  discrete: false,
  witness: identity(n),
  contains: x =>
    both(
      (lowerCholesky.contains as (x: Real) => Truth)(x),
      allLast(atMost(abs(minus(sumLast(square(x), 1), 1)), rowSlack), 1),
    ),
})
