import {
  log,
  normal,
  square,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
  ShapeError,
  type BroadcastAll,
} from '@elbo/tensor'
import { minus, plus, sumLast, times, type Real } from '../arithmetic.js'
import { lowerCholesky, positiveDefinite, realVector } from '../constraints/index.js'
import type { Support } from '../constraints/index.js'
import type { Rows } from '../discrete/categorical.js'
import { distribution, type Distribution } from '../distribution.js'
import { cholesky, diagonal, solveTriangular, timesVector } from '../linear.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { halfLogTwoPi } from '../special/index.js'
import type { LastOf } from './dirichlet.js'

export interface MultivariateNormal<B extends Shape = Shape, E extends Shape = [number]> extends Distribution<
  B,
  E,
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy'
> {
  readonly family: 'MultivariateNormal'
  readonly parameters: { readonly loc: Tensor<[...B, ...E]>; readonly scaleTril: Tensor<Shape> }
}

type Batches<L extends Parameter, S extends Parameter> = BroadcastAll<
  'MultivariateNormal: loc, covariance',
  [Rows<ShapeOfParameter<L>>, Rows<Rows<ShapeOfParameter<S>>>]
>

const vectors: Support = {
  name: 'lineVector',
  described: 'a vector',
  eventRank: 1,
  discrete: false,
  witness: 0,
}

/**
 * The normal distribution of n-vectors, Norm[μ, Σ], by its covariance Σ or by the lower triangular L of Σ = LLᵀ (`scaleTril`):
 *
 *   ln p(x) = −½ |L⁻¹(x − μ)|² − Σ ln Lᵢᵢ − (n/2) ln 2π
 *
 * Draws are μ + Lε with ε ~ Norm[0, I].
 */
export const MultivariateNormal = <const L extends Parameter, const S extends Parameter>(
  about: { readonly loc: L } & ({ readonly covariance: S } | { readonly scaleTril: S }) &
    Requires<Batches<L, S>>,
): MultivariateNormal<ShapeOf<Batches<L, S>>, LastOf<ShapeOfParameter<L>>> => {
  const isCovariance = 'covariance' in about
  const name = isCovariance ? 'covariance' : 'scaleTril'
  const given = isCovariance
    ? parameters('MultivariateNormal', {
        loc: [about.loc, realVector],
        covariance: [about.covariance, positiveDefinite],
      })
    : parameters('MultivariateNormal', {
        loc: [about.loc, realVector],
        scaleTril: [about.scaleTril, lowerCholesky],
      })
  const [loc, matrix] = Object.values(given.values) as [Real, Real]
  const n = loc.shape[loc.shape.length - 1]
  if (matrix.shape.slice(-2).join() !== [n, n].join()) {
    throw new ShapeError(
      `MultivariateNormal: loc [${loc.shape.join(', ')}] needs ${name} of [${n}, ${n}], not [${matrix.shape.slice(-2).join(', ')}]`,
    )
  }
  const scaleTril = isCovariance ? cholesky(matrix) : matrix
  const halfLogDeterminant = sumLast(log(diagonal(scaleTril)), 1)
  return distribution<MultivariateNormal<ShapeOf<Batches<L, S>>, LastOf<ShapeOfParameter<L>>>>({
    ...given,
    family: 'MultivariateNormal',
    parameters: { loc, scaleTril },
    eventShape: [n],
    support: vectors,
    reparameterized: true,
    logProb: x =>
      minus(
        times(sumLast(square(solveTriangular(scaleTril)(minus(x, loc))), 1), -0.5),
        halfLogDeterminant,
        n * halfLogTwoPi,
      ),
    sample: shape => key => plus(loc, timesVector(scaleTril, normal(shape)(key))),
    mean: () => loc,
    variance: () => sumLast(square(scaleTril), 1),
    mode: () => loc,
    entropy: () => plus(halfLogDeterminant, n * (halfLogTwoPi + 0.5)),
  })
}
