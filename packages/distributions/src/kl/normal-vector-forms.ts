import { expandDims, sqrt, square } from '@elbo/tensor'
import { minus, over, plus, sumLast, times, type Real } from '../arithmetic.js'
import type { Dynamic } from '../distribution.js'
import { cholesky, identity, product, solveTriangular, transposed } from '../linear.js'
import type { LowRankMultivariateNormal, MultivariateNormal } from '../multivariate/index.js'
import type { Form, Of } from './form.js'

const column = (x: Real): Real => expandDims(-1)(x)
const row = (x: Real): Real => expandDims(-2)(x)

/** Matrices whose rows, each with its own transpose, sum to the covariance. */
type Roots<P> = (p: P) => readonly Real[]

const lowRankRoots: Roots<Of<LowRankMultivariateNormal>> = ({ factor, diagonal }) => [
  transposed(factor),
  times(identity(diagonal.shape[diagonal.shape.length - 1]), column(sqrt(diagonal))),
]
const denseRoots: Roots<Of<MultivariateNormal>> = ({ scaleTril }) => [transposed(scaleTril)]

/** The sum of xᵀΣ⁻¹x over rows x. */
type Squares<Q> = (q: Q) => (rows: Real) => Real

/** |z − Vu|² + |u|², as in the density: nothing cancels. */
const lowRankSquares: Squares<Of<LowRankMultivariateNormal>> = ({ factor, diagonal }) => {
  const scale = sqrt(diagonal)
  const v = over(factor, column(scale))
  const vT = transposed(v)
  const rank = factor.shape[factor.shape.length - 1]
  const scaleTril = expandDims(-3)(cholesky(plus(product(vT, v), identity(rank))))
  return rows => {
    const z = over(rows, row(scale))
    const u = solveTriangular(scaleTril, { transpose: true })(solveTriangular(scaleTril)(product(z, v)))
    return plus(sumLast(square(minus(z, product(u, vT))), 2), sumLast(square(u), 2))
  }
}
const denseSquares: Squares<Of<MultivariateNormal>> = ({ scaleTril }) => {
  const solve = solveTriangular(expandDims(-3)(scaleTril))
  return rows => sumLast(square(solve(rows)), 2)
}

/** −ln q at the mean of p, and half the trace of Σ_q⁻¹Σ_p, less the entropy of p. */
const between =
  <P, Q>(roots: Roots<P>, squares: Squares<Q>): Form =>
  (p, q) => {
    const { entropy, mean } = p as Required<Dynamic>
    const [first, ...rest] = roots(p.parameters as P).map(squares(q.parameters as Q))
    return minus(times(plus(first, ...rest), 0.5), q.logProb(mean()), entropy())
  }

/** The closed forms of normal vectors where one covariance at least is a factor and a diagonal. */
export const normalVectors = {
  'LowRankMultivariateNormal‖LowRankMultivariateNormal': between(lowRankRoots, lowRankSquares),
  'LowRankMultivariateNormal‖MultivariateNormal': between(lowRankRoots, denseSquares),
  'MultivariateNormal‖LowRankMultivariateNormal': between(denseRoots, lowRankSquares),
} as const
