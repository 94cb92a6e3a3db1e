import { log, neg, normal, reverse, ShapeError, square, type Draw, type Shape } from '@elbo/tensor'
import { minus, plus, sumLast, times, type Real } from '../arithmetic.js'
import { lowerCholesky, positiveDefinite, realVector, type Constraint } from '../constraints/index.js'
import {
  cholesky,
  diagonal,
  identity,
  solveColumns,
  solveTriangular,
  timesVector,
  transposed,
} from '../linear.js'
import { parameters, type Parameter, type Parameters } from '../parameters.js'
import { halfLogTwoPi } from '../special/index.js'

/** How Σ may be given: itself, by the lower triangular L of Σ = LLᵀ, or by Σ⁻¹. */
export type Covariance<S extends Parameter = Parameter> =
  { readonly covariance: S } | { readonly scaleTril: S } | { readonly precision: S }

/** Norm[μ, Σ]: what the families that are made of it share. */
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

/** What is made of one of the matrices: L, ½ ln |Σ| and L⁻¹y. */
interface Root {
  readonly scaleTril: Real
  readonly halfLogDeterminant: Real
  readonly whiten: (y: Real) => Real
}

const byFactor = (scaleTril: Real): Root => ({
  scaleTril,
  halfLogDeterminant: sumLast(log(diagonal(scaleTril)), 1),
  whiten: solveTriangular(scaleTril),
})

/** Both axes back to front. */
const turned = (x: Real): Real => (reverse(-2, -1) as (x: Real) => Real)(x)

/** Σ⁻¹ = UUᵀ with an upper triangular U, Cholesky's factor from the last row on; then L⁻¹ = Uᵀ. */
const byPrecision = (precision: Real): Root => {
  const inverse = transposed(turned(cholesky(turned(precision))))
  return {
    scaleTril: solveColumns(inverse, identity(precision.shape[precision.shape.length - 1])),
    halfLogDeterminant: neg(sumLast(log(diagonal(inverse)), 1)),
    whiten: y => timesVector(inverse, y),
  }
}

const forms: Readonly<
  Record<string, { readonly constraint: Constraint; readonly root: (matrix: Real) => Root }>
> = {
  covariance: { constraint: positiveDefinite, root: matrix => byFactor(cholesky(matrix)) },
  scaleTril: { constraint: lowerCholesky, root: byFactor },
  precision: { constraint: positiveDefinite, root: byPrecision },
}

/** @throws ShapeError `MultivariateNormal: loc [3] needs covariance of [3, 3], not [1, 1]` */
export const covaried = (family: string, about: { readonly loc: Parameter } & Covariance): Covaried => {
  const [name, own] = Object.entries<Parameter>({ ...about }).filter(([key]) => key in forms)[0]
  const { constraint, root } = forms[name]
  const given = parameters(family, { loc: [about.loc, realVector], [name]: [own, constraint] })
  const [loc, matrix] = Object.values(given.values) as [Real, Real]
  const n = loc.shape[loc.shape.length - 1]
  if (matrix.shape.slice(-2).join() !== [n, n].join()) {
    throw new ShapeError(
      `${family}: loc [${loc.shape.join(', ')}] needs ${name} of [${n}, ${n}], not [${matrix.shape.slice(-2).join(', ')}]`,
    )
  }
  const { scaleTril, halfLogDeterminant, whiten } = root(matrix)
  return {
    given,
    loc,
    scaleTril,
    n,
    halfLogDeterminant,
    logDensity: x =>
      minus(times(sumLast(square(whiten(minus(x, loc))), 1), -0.5), halfLogDeterminant, n * halfLogTwoPi),
    draws: shape => key => plus(loc, timesVector(scaleTril, normal(shape)(key))),
  }
}
