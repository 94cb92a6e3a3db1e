import {
  arange,
  digamma,
  expandDims,
  log,
  normal,
  split,
  square,
  type BroadcastAll,
  type Key,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { larger, minus, plus, sumLast, times, type Real } from '../arithmetic.js'
import { greaterThan, lowerCholesky, positiveDefinite, positiveDefiniteOf } from '../constraints/index.js'
import { Gamma } from '../continuous/index.js'
import type { Rows } from '../discrete/categorical.js'
import { distribution, inside, type Distribution } from '../distribution.js'
import { belowDiagonal, cholesky, diagonal, identity, product, solveColumns, transposed } from '../linear.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactExp } from '../sampling/exact.js'
import { reparameterizedLogGamma } from '../sampling/reparameterized-gamma.js'

/** The last two axes. */
type MatrixOf<S extends Shape> = S extends readonly [...Shape, infer N extends number, infer M extends number]
  ? [N, M]
  : [number, number]

export interface Wishart<B extends Shape = Shape, E extends Shape = [number, number]> extends Distribution<
  B,
  E,
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy'
> {
  readonly family: 'Wishart'
  readonly parameters: { readonly df: Tensor<B>; readonly scaleTril: Tensor<[...B, ...E]> }
}

type Batches<D extends Parameter, S extends Parameter> = BroadcastAll<
  'Wishart: df, scale',
  [ShapeOfParameter<D>, Rows<Rows<ShapeOfParameter<S>>>]
>

const column = (x: Real): Real => expandDims(-1)(x)
const row = (x: Real): Real => expandDims(-2)(x)
const matrixOf = (x: Real): Real => column(column(x))

/**
 * The Wishart distribution of symmetric positive definite n × n matrices, of ν > n − 1 degrees of freedom (`df`) and a scale V, or the lower
 * triangular L of V = LLᵀ (`scaleTril`): that of a sum of ν squares zzᵀ with z ~ Norm[0, V],
 *
 *   ln p(X) = ½(ν − n − 1) ln |X| − ½ tr(V⁻¹X) − ½νn ln 2 − ½ν ln |V| − ln Γₙ(½ν)
 *
 * over the n(n + 1)/2 elements on and above the diagonal. X = LAAᵀLᵀ, where the elements of the lower triangular A are independent (Bartlett
 * 1933): below the diagonal Norm[0, 1], and aᵢᵢ²/2, i = 0, …, n − 1, is Gam[½(ν − i), 1]. The density is computed from theirs, in which the
 * large terms have cancelled. Draws are made of them too, with implicit gradients in ν.
 *
 * Close to ν = n − 1 draws are often so nearly singular that single precision has them on the edge of the support, or beyond.
 * Where ν < n + 1 the density has no maximum; `mode` is then 0, near which it has no bound.
 */
export const Wishart = <const D extends Parameter, const S extends Parameter>(
  about: { readonly df: D } & ({ readonly scale: S } | { readonly scaleTril: S }) & Requires<Batches<D, S>>,
): Wishart<ShapeOf<Batches<D, S>>, MatrixOf<ShapeOfParameter<S>>> => {
  const isScale = 'scale' in about
  const [name, constraint] = isScale
    ? (['scale', positiveDefinite] as const)
    : (['scaleTril', lowerCholesky] as const)
  // How many degrees of freedom there have to be is known once the matrix is.
  const own: Parameter = isScale ? about.scale : about.scaleTril
  const [lifted] = Object.values(parameters('Wishart', { [name]: [own, constraint] }).values)
  const n = lifted.shape[lifted.shape.length - 1]
  const given = parameters('Wishart', { df: [about.df, greaterThan(n - 1)], [name]: [lifted, constraint] })
  const [df, matrix] = Object.values(given.values) as [Real, Real]
  const scaleTril = isScale ? cholesky(matrix) : matrix
  const scale = isScale ? matrix : product(scaleTril, transposed(scaleTril))
  const i = arange(n)
  const shapes = times(minus(column(df), i), 0.5)
  const gamma = inside(Gamma({ concentration: shapes, rate: 1 }))
  /** The density of aᵢᵢ²/2 has this power besides. */
  const powers = times(minus(n - 1, i), 0.5)
  const constants = plus(
    times(sumLast(log(diagonal(scaleTril)), 1), n + 1),
    (n * (n + 1) * Math.LN2) / 2 + (n * (n - 1) * Math.log(Math.PI)) / 4,
  )
  return distribution<Wishart<ShapeOf<Batches<D, S>>, MatrixOf<ShapeOfParameter<S>>>>({
    ...given,
    family: 'Wishart',
    parameters: { df, scaleTril },
    eventShape: [n, n],
    support: positiveDefiniteOf(n),
    reparameterized: true,
    logProb: x => {
      const a = solveColumns(scaleTril, cholesky(x))
      const halves = times(square(diagonal(a)), 0.5)
      return minus(
        sumLast(minus(gamma.logProb(halves), times(powers, log(halves))), 1),
        times(sumLast(square(belowDiagonal(a)), 2), 0.5),
        constants,
      )
    },
    sample: shape => key => {
      const [first, second] = split(key, 2) as readonly [Key, Key]
      const logs = reparameterizedLogGamma(shapes, shape.slice(0, -1))(first)
      const onDiagonal = exactExp(times(plus(logs, Math.LN2), 0.5))
      const a = plus(belowDiagonal(normal(shape)(second)), times(identity(n), row(onDiagonal)))
      const factor = product(scaleTril, a)
      return product(factor, transposed(factor))
    },
    mean: () => times(matrixOf(df), scale),
    variance: () => {
      const variances = diagonal(scale)
      return times(matrixOf(df), plus(square(scale), times(column(variances), row(variances))))
    },
    mode: () => times(matrixOf(larger(minus(df, n + 1), 0)), scale),
    entropy: () =>
      plus(
        sumLast(plus((gamma.entropy as () => Real)(), times(powers, digamma(shapes))), 1),
        (n * (n - 1)) / 4,
        constants,
      ),
  })
}
