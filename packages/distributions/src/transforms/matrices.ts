import {
  arange,
  concat,
  eq,
  expandDims,
  log as logarithm,
  neg,
  reshape,
  ShapeError,
  sqrt,
  square,
  abs,
  take,
  tensor,
} from '@elbo/tensor'
import {
  allLast,
  asReal,
  below,
  atMost,
  both,
  choose,
  minus,
  over,
  plus,
  spread,
  sumLast,
  times,
  type Real,
  type Truth,
} from '../arithmetic.js'
import {
  lineVector,
  lowerCholesky as lowerTriangular,
  positiveDefinite,
  type Support,
} from '../constraints/index.js'
import { cholesky, diagonal, product, transposed } from '../linear.js'
import { exactExp } from '../sampling/exact.js'
import { exactCumulative } from '../sampling/sums.js'
import { logCosh, tanh } from './elementwise.js'
import { bijection, transform, type Transform } from './transform.js'
import { elements, sumsToLast } from './vectors.js'

/** Triangular matrices, from vectors that hold their free elements row by row. */

/** n of a triangle's n(n + 1)/2 elements. */
const rowsOf = (name: string, count: number): number => {
  const n = (Math.sqrt(8 * count + 1) - 1) / 2
  if (!Number.isInteger(n))
    throw new ShapeError(`${name}: ${count} numbers do not fill the rows of a triangle`)
  return n
}

const joined = (...parts: readonly Real[]): Real => (concat(-1) as (parts: readonly Real[]) => Real)(parts)

const picked = (x: Real, places: readonly number[]): Real =>
  (take(tensor(places, [places.length], 'i32'), -1) as (x: Real) => Real)(x)

/** Vectors into the lower triangle of n × n matrices, from the diagonal on (0) or from the one below it (1); 0 elsewhere. */
const filled = (x: Real, n: number, first: 0 | 1): Real => {
  const front = x.shape.slice(0, -1)
  const nothing = x.shape[x.shape.length - 1]
  const places = Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n) - first, at % n]
    return j <= i ? (i * (i + 1)) / 2 + j : nothing
  })
  const withZero = joined(x, spread([...front, 1])(asReal(0)))
  return (reshape([...front, n, n]) as (x: Real) => Real)(picked(withZero, places))
}

/** The inverse of `filled`. */
const triangleOf = (y: Real, first: 0 | 1): Real => {
  const n = y.shape[y.shape.length - 1]
  const places = Array.from({ length: n }, (_, i) =>
    Array.from({ length: Math.max(i + 1 - first, 0) }, (__, j) => i * n + j),
  ).flat()
  return picked((reshape([...y.shape.slice(0, -2), n * n]) as (x: Real) => Real)(y), places)
}

const onDiagonal = (n: number): Truth => eq(arange(n))(expandDims(1)(arange(n)) as Real)

const replacingDiagonal = (y: Real, f: (x: Real) => Real): Real => {
  const at = onDiagonal(y.shape[y.shape.length - 1])
  return choose(at, f(choose(at, y, 1)), y)
}

/** Vectors of n(n + 1)/2 numbers onto lower triangular n × n matrices with a positive diagonal, which is e to the power of its numbers. */
export const lowerCholesky: Transform<1, 2, false> = transform({
  name: 'lowerCholesky',
  parameters: {},
  from: 1,
  to: 2,
  keepsShape: false,
  domain: lineVector,
  codomain: lowerTriangular,
  forward: x => {
    const n = rowsOf('lowerCholesky', x.shape[x.shape.length - 1])
    return replacingDiagonal(filled(x, n, 0), exactExp)
  },
  inverse: y => triangleOf(replacingDiagonal(y, logarithm), 0),
  logDeterminant: x => {
    const n = rowsOf('lowerCholesky', x.shape[x.shape.length - 1])
    return sumLast(
      picked(
        x,
        Array.from({ length: n }, (_, i) => ((i + 1) * (i + 2)) / 2 - 1),
      ),
      1,
    )
  },
})

/** How far the rows of a single-precision factor may be from length 1. */
const slack = 1e-5

/** Cholesky factors of correlation matrices: lower triangular, a positive diagonal, rows of length 1. */
export const correlationCholesky: Support = {
  ...lowerTriangular,
  name: 'correlationCholesky',
  described: 'lower triangular with a positive diagonal and rows of length 1',
  contains: x =>
    both(
      (lowerTriangular.contains as (x: Real) => Truth)(x),
      allLast(atMost(abs(minus(sumLast(square(x), 1), 1)), slack), 1),
    ),
}

/**
 * Vectors of n(n − 1)/2 numbers onto the Cholesky factors of n × n correlation matrices: with rᵢⱼ = tanh xᵢⱼ below the diagonal,
 *
 *   yᵢⱼ = rᵢⱼ·∏_{k<j} √(1 − rᵢₖ²), and yᵢᵢ = ∏_{k<i} √(1 − rᵢₖ²)
 *
 * (Lewandowski, Kurowicka and Joe 2009; Stan Reference Manual, Cholesky factors of correlation matrices).
 */
export const corrCholesky: Transform<1, 2, false> = transform({
  name: 'corrCholesky',
  parameters: {},
  from: 1,
  to: 2,
  keepsShape: false,
  domain: lineVector,
  codomain: correlationCholesky,
  forward: x => {
    const n = rowsOf('corrCholesky', x.shape[x.shape.length - 1]) + 1
    const t = filled(x, n, 1)
    // ln √(1 − tanh²t) = −ln cosh t, which is 0 on and above the diagonal.
    const left = exactCumulative(neg(logCosh(t, { exact: true })))
    const before = joined(spread([...t.shape.slice(0, -1), 1])(asReal(0)), elements(left, 0, n - 1))
    const r = choose(onDiagonal(n), 1, bijection(tanh).forward(t))
    return times(r, exactExp(before))
  },
  inverse: y => {
    const n = y.shape[y.shape.length - 1]
    // What is left of a row of length 1 from column j on, as a sum of what follows: nothing cancels.
    const from = sumsToLast(square(y))
    const beyond = joined(elements(from, 1, n), spread([...y.shape.slice(0, -1), 1])(asReal(0)))
    const given = triangleOf(y, 1)
    const [left, rest] = [sqrt(triangleOf(from, 1)), sqrt(triangleOf(beyond, 1))]
    // artanh(y/s) = ln((s + |y|)/√(s² − y²)), of the sign of y.
    const size = logarithm(over(plus(left, abs(given)), rest))
    return choose(below(given, 0), neg(size), size)
  },
  // ∂yᵢⱼ/∂xᵢⱼ = (1 − rᵢⱼ²)·∏_{k<j} √(1 − rᵢₖ²), on a triangle.
  logDeterminant: x => {
    const n = rowsOf('corrCholesky', x.shape[x.shape.length - 1]) + 1
    const shrinking = neg(logCosh(filled(x, n, 1)))
    // Column k of row i stands in its own factor twice, and once in each of the i − 1 − k that follow.
    const count = tensor(
      Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, k) => (k < i ? i - k + 1 : 0))),
    )
    return sumLast(times(shrinking, count), 2)
  },
})

/**
 * Lower triangular L with a positive diagonal onto positive definite LLᵀ, as a map of the elements on and below the diagonal:
 * ln |det| = n ln 2 + Σ (n − i) ln Lᵢᵢ, i from 0 (Muirhead 1982, Aspects of Multivariate Statistical Theory, theorem 2.1.9).
 */
export const gram: Transform<2, 2, true> = transform({
  name: 'gram',
  parameters: {},
  from: 2,
  to: 2,
  keepsShape: true,
  domain: lowerTriangular,
  codomain: positiveDefinite,
  forward: x => product(x, transposed(x)),
  inverse: cholesky,
  logDeterminant: x => {
    const n = x.shape[x.shape.length - 1]
    return plus(sumLast(times(minus(n, arange(n)), logarithm(diagonal(x))), 1), n * Math.LN2)
  },
})
