import { pipe } from 'fp-ts/lib/function.js'
import {
  arange,
  div,
  eq,
  matmul,
  mul,
  norm,
  normal,
  reshape,
  scan,
  sub,
  transpose,
  where,
  zeros,
  type Shape,
  type Stacked,
  type Tensor,
} from '@elbo/tensor'
import type { Initialiser } from './initialisers.js'

type Real = Tensor<Shape, 'f32'>

interface Row {
  readonly place: Tensor<readonly [], 'f32'>
  readonly vector: Tensor<readonly [number], 'f32'>
}

/** What is left of a vector [1, n] that stands orthogonal to the rows of a matrix [k, n]. */
const rejected = (vector: Real, rows: Real): Real =>
  sub(matmul(rows)(matmul(transpose()(rows) as Real)(vector) as Real))(vector)

/**
 * The rows of [k, n], k ≤ n, made orthonormal one after the other (Gram and Schmidt). Each is projected twice, which brings what rounding
 * left of the earlier rows down to the rounding of one projection (Giraud et al. 2005, "twice is enough").
 */
const orthonormalRows = (matrix: Real): Real => {
  const [count, length] = matrix.shape
  const places = reshape([count, 1])(arange(count)) as Real
  const [rows] = scan((done: Real, { place, vector }: Row) => {
    const direction = rejected(rejected(reshape([1, length])(vector), done), done)
    const unit: Real = div(norm([1], { keepDims: true })(direction) as Real)(direction)
    const here: Tensor<Shape, 'bool'> = eq(place)(places)
    const next: Real = where(unit, done)(here)
    return [next, {}] as const
  })(zeros([count, length]), { place: arange(count), vector: matrix } as unknown as Stacked<Row>)
  return rows
}

/**
 * Uniform among the matrices whose rows or columns, the fewer of them, are orthonormal, times `gain` (Saxe, McClelland and Ganguli 2014):
 * the orthogonal factor, with a positive diagonal beside it, of a matrix of normal draws (Mezzadri 2007). A shape of more than two axes is
 * the matrix [first, all others], as PyTorch's `orthogonal_` has it: one row for each output of a convolution. A vector gets length `gain`.
 * A product of two of its rows is off by less than 1e-6.
 */
export const orthogonal =
  (gain = 1): Initialiser =>
  () =>
  <const S extends Shape>(shape: S) =>
  key => {
    const [first, ...others]: Shape = shape
    const rest = others.reduce((all, n) => all * n, 1)
    const drawn = normal([Math.min(first, rest), Math.max(first, rest)])(key)
    const rows = orthonormalRows(drawn)
    return pipe(
      first <= rest ? rows : (transpose()(rows) as Real),
      mul(gain),
      reshape(shape as Shape),
    ) as Real as Tensor<[...S], 'f32'>
  }
