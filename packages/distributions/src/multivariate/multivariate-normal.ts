import { square, type BroadcastAll, type Requires, type Shape, type ShapeOf, type Tensor } from '@elbo/tensor'
import { plus, sumLast } from '../arithmetic.js'
import { lineVector } from '../constraints/index.js'
import type { Rows } from '../discrete/categorical.js'
import { distribution, type Distribution } from '../distribution.js'
import type { Parameter, ShapeOfParameter } from '../parameters.js'
import { halfLogTwoPi } from '../special/index.js'
import { covaried, type Covariance } from './covariance.js'
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

/**
 * The normal distribution of n-vectors, Norm[μ, Σ], by its covariance Σ, by the lower triangular L of Σ = LLᵀ (`scaleTril`) or by its precision
 * Σ⁻¹:
 *
 *   ln p(x) = −½ |L⁻¹(x − μ)|² − Σ ln Lᵢᵢ − (n/2) ln 2π
 *
 * Draws are μ + Lε with ε ~ Norm[0, I].
 * @throws ShapeError `MultivariateNormal: loc [3] needs covariance of [3, 3], not [1, 1]`
 */
export const MultivariateNormal = <const L extends Parameter, const S extends Parameter>(
  about: { readonly loc: L } & Covariance<S> & Requires<Batches<L, S>>,
): MultivariateNormal<ShapeOf<Batches<L, S>>, LastOf<ShapeOfParameter<L>>> => {
  const { given, loc, scaleTril, n, halfLogDeterminant, logDensity, draws } = covaried(
    'MultivariateNormal',
    about,
  )
  return distribution<MultivariateNormal<ShapeOf<Batches<L, S>>, LastOf<ShapeOfParameter<L>>>>({
    ...given,
    family: 'MultivariateNormal',
    parameters: { loc, scaleTril },
    eventShape: [n],
    support: lineVector,
    reparameterized: true,
    logProb: logDensity,
    sample: draws,
    mean: () => loc,
    variance: () => sumLast(square(scaleTril), 1),
    mode: () => loc,
    entropy: () => plus(halfLogDeterminant, n * (halfLogTwoPi + 0.5)),
  })
}
