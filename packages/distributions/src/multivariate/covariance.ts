import { log, normal, ShapeError, square, type Draw, type Shape } from '@elbo/tensor'
import { minus, plus, sumLast, times, type Real } from '../arithmetic.js'
import { lowerCholesky, positiveDefinite, realVector } from '../constraints/index.js'
import { cholesky, diagonal, solveTriangular, timesVector } from '../linear.js'
import { parameters, type Parameter, type Parameters } from '../parameters.js'
import { halfLogTwoPi } from '../special/index.js'

/** Norm[μ, Σ] by Σ or by the lower triangular L of Σ = LLᵀ: what the families that are made of it share. */
export interface Covaried {
  readonly given: Pick<Parameters<string>, 'family' | 'batchShape' | 'checks'>
  readonly loc: Real
  readonly scaleTril: Real
  readonly n: number
  /** ½ ln |Σ| */
  readonly halfLogDeterminant: Real
  readonly logDensity: (x: Real) => Real
  /** Draws of a shape that ends with n. */
  readonly draws: (shape: Shape) => Draw<Real>
}

/** @throws ShapeError `MultivariateNormal: loc [3] needs covariance of [3, 3], not [1, 1]` */
export const covaried = (
  family: string,
  about: { readonly loc: Parameter } & (
    { readonly covariance: Parameter } | { readonly scaleTril: Parameter }
  ),
): Covaried => {
  const isCovariance = 'covariance' in about
  const name = isCovariance ? 'covariance' : 'scaleTril'
  const given = isCovariance
    ? parameters(family, { loc: [about.loc, realVector], covariance: [about.covariance, positiveDefinite] })
    : parameters(family, { loc: [about.loc, realVector], scaleTril: [about.scaleTril, lowerCholesky] })
  const [loc, matrix] = Object.values(given.values) as [Real, Real]
  const n = loc.shape[loc.shape.length - 1]
  if (matrix.shape.slice(-2).join() !== [n, n].join()) {
    throw new ShapeError(
      `${family}: loc [${loc.shape.join(', ')}] needs ${name} of [${n}, ${n}], not [${matrix.shape.slice(-2).join(', ')}]`,
    )
  }
  const scaleTril = isCovariance ? cholesky(matrix) : matrix
  const halfLogDeterminant = sumLast(log(diagonal(scaleTril)), 1)
  return {
    given,
    loc,
    scaleTril,
    n,
    halfLogDeterminant,
    logDensity: x =>
      minus(
        times(sumLast(square(solveTriangular(scaleTril)(minus(x, loc))), 1), -0.5),
        halfLogDeterminant,
        n * halfLogTwoPi,
      ),
    draws: shape => key => plus(loc, timesVector(scaleTril, normal(shape)(key))),
  }
}
