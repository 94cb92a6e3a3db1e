import {
  arange,
  broadcastShapes,
  eq,
  expandDims,
  full,
  ge,
  scan,
  sqrt,
  squeeze,
  sum,
  transpose,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { choose, minus, over, plus, times, type Real, type Truth } from './arithmetic.js'

/*
 * Triangular matrices, on the last two axes of a batch. Each algorithm is a loop over columns whose steps add, multiply, divide and take roots
 * element by element: no sum of several terms, whose order a backend might choose. Where arithmetic is IEEE 754's, results are the same bits.
 */

const column = (x: Real): Real => expandDims(-1)(x)
const row = (x: Real): Real => expandDims(-2)(x)
const last = (x: Real): Real => (sum(-1) as (x: Real) => Real)(x)

/** The last two axes swapped. */
export const transposed = (x: Real): Real => (transpose() as (x: Real) => Real)(x)

/** Row j of these holds 1 at j, or where i ≥ j. */
const masks = (n: number): { readonly at: Truth; readonly from: Truth } => {
  const [i, j] = [row(arange(n)), column(arange(n))]
  return { at: eq(j)(i), from: ge(j)(i) }
}

const sizeOfSquare = (x: Real): number => x.shape[x.shape.length - 1]

/** The diagonal: [..., n, n] → [..., n]. */
export const diagonal = (x: Real): Real => last(choose(masks(sizeOfSquare(x)).at, x, 0))

/** Axes that a loop runs over come first. */
const axisFirst = (x: Real, axis: number): Real => {
  const place = axis < 0 ? axis + x.shape.length : axis
  const order = [place, ...x.shape.flatMap((_, i) => (i === place ? [] : [i]))]
  return (transpose(order) as (x: Real) => Real)(x)
}

const axisLast = (x: Real): Real =>
  (transpose([...x.shape.slice(1).map((_, i) => i + 1), 0]) as (x: Real) => Real)(x)

type Sliced = Tensor<number[]>

/**
 * The lower triangular L with A = L·Lᵀ, of symmetric positive definite matrices [..., n, n]; NaN where there is none. Column by column, each
 * taken off what is left of A (Golub and Van Loan, Matrix Computations, 4.2.5). Reads the lower triangle: gradients arrive there.
 */
export const cholesky = (a: Real): Real => {
  const { at, from } = masks(sizeOfSquare(a))
  const [, columns] = scan((rest: Real, mask: { readonly at: Truth; readonly from: Truth }) => {
    const entries = last(choose(mask.at, rest, 0))
    const pivot = column(last(choose(mask.at, entries, 0)))
    const l = choose(mask.from, over(entries, sqrt(pivot)), 0)
    return [minus(rest, times(column(l), row(l))), l as Sliced] as const
  })(a, { at: at as never, from: from as never })
  return axisLast(columns)
}

/**
 * x with L·x = b (or Lᵀ·x = b) for lower triangular L [..., n, n] and vectors b [..., n]; batch axes broadcast.
 */
export const solveTriangular =
  (l: Real, { transpose: isTransposed = false }: { readonly transpose?: boolean } = {}) =>
  (b: Real): Real => {
    const { at } = masks(sizeOfSquare(l))
    const columns = axisFirst(l, isTransposed ? -2 : -1)
    const initial = plusShape(b, l)
    const [, parts] = scan(
      (rest: Real, slice: { readonly l: Real; readonly at: Truth }) => {
        const pick = (x: Real): Real => column(last(choose(slice.at, x, 0)))
        const x = over(pick(rest), pick(slice.l))
        return [minus(rest, times(slice.l, x)), squeeze(-1)(x as Tensor<[1]>) as Real as Sliced] as const
      },
      { reverse: isTransposed },
    )(initial, { l: columns as never, at: at as never })
    return axisLast(parts)
  }

/** A·B of matrices [..., n, k] and [..., k, m], one outer product of a column and a row after another; batch axes broadcast. */
export const product = (a: Real, b: Real): Real => {
  const batch = broadcastShapes<string, readonly Shape[]>(
    'product',
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  ) as Shape
  const [total] = scan((sumSoFar: Real, slice: { readonly a: Real; readonly b: Real }) => {
    return [plus(sumSoFar, times(column(slice.a), row(slice.b))), {}] as const
  })(full([...batch, a.shape[a.shape.length - 2], b.shape[b.shape.length - 1]], 0), {
    a: axisFirst(a, -1) as never,
    b: axisFirst(b, -2) as never,
  })
  return total
}

/** A·x of matrices [..., n, k] and vectors [..., k], column by column. */
export const timesVector = (a: Real, x: Real): Real => squeeze(-1)(product(a, column(x)) as Tensor<[1]>)

/** x with L·x = b for lower triangular L [..., n, n] and matrices b [..., n, m]; batch axes broadcast. */
export const solveColumns = (l: Real, b: Real): Real =>
  transposed(solveTriangular(expandDims(-3)(l))(transposed(b)))

/** The n × n matrix with 1 on its diagonal. */
export const identity = (n: number): Real => choose(masks(n).at, 1, 0)

/** The elements below the diagonal, 0 elsewhere. */
export const belowDiagonal = (x: Real): Real => choose(masks(sizeOfSquare(x)).from, 0, x)

/** b, spread over the batch of both. */
const plusShape = (b: Real, l: Real): Real => minus(b, times(last(times(l, 0)), 1))
