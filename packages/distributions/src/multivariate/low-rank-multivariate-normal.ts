import {
  expandDims,
  log,
  matmul,
  normal,
  ShapeError,
  split,
  sqrt,
  square,
  type BroadcastAll,
  type Key,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { minus, over, plus, sumLast, times, type Real } from '../arithmetic.js'
import { lineVector, positiveVector, realMatrix, realVector } from '../constraints/index.js'
import type { Rows } from '../discrete/categorical.js'
import { distribution, type Distribution } from '../distribution.js'
import { cholesky, diagonal, identity, solveTriangular, timesVector, transposed } from '../linear.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { halfLogTwoPi } from '../special/index.js'
import type { LastOf } from './dirichlet.js'

export interface LowRankMultivariateNormal<
  B extends Shape = Shape,
  E extends Shape = [number],
> extends Distribution<B, E, 'f32', 'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy'> {
  readonly family: 'LowRankMultivariateNormal'
  readonly parameters: {
    readonly loc: Tensor<[...B, ...E]>
    readonly factor: Tensor<Shape>
    readonly diagonal: Tensor<[...B, ...E]>
  }
}

type Batches<L extends Parameter, F extends Parameter, D extends Parameter> = BroadcastAll<
  'LowRankMultivariateNormal: loc, factor, diagonal',
  [Rows<ShapeOfParameter<L>>, Rows<Rows<ShapeOfParameter<F>>>, Rows<ShapeOfParameter<D>>]
>

const column = (x: Real): Real => expandDims(-1)(x)
const row = (x: Real): Real => expandDims(-2)(x)

/**
 * The normal distribution of n-vectors with the covariance WWᵀ + diag(d) of a factor W [n, k] and variances d: with V = d^(−½)W,
 * z = d^(−½)(x − μ) and u = (I + VᵀV)⁻¹Vᵀz,
 *
 *   ln p(x) = −½(|z − Vu|² + |u|²) − ½ Σ ln dᵢ − ½ ln |I + VᵀV| − (n/2) ln 2π
 *
 * The squares are zᵀ(I + VVᵀ)⁻¹z by Woodbury's identity, as the least value of a sum over u: nothing cancels, and errors of u count twice
 * over only. The determinant is Sylvester's. Costs grow with nk², not with n³. Draws are μ + Wε₁ + d^(½)ε₂.
 * @throws ShapeError `LowRankMultivariateNormal: loc [3] needs factor of [3, k], not [2, 1]`
 */
export const LowRankMultivariateNormal = <
  const L extends Parameter,
  const F extends Parameter,
  const D extends Parameter,
>(
  about: { readonly loc: L; readonly factor: F; readonly diagonal: D } & Requires<Batches<L, F, D>>,
): LowRankMultivariateNormal<ShapeOf<Batches<L, F, D>>, LastOf<ShapeOfParameter<L>>> => {
  const given = parameters('LowRankMultivariateNormal', {
    loc: [about.loc, realVector],
    factor: [about.factor, realMatrix],
    diagonal: [about.diagonal, positiveVector],
  })
  const { loc, factor, diagonal: variances } = given.values
  const n = loc.shape[loc.shape.length - 1]
  const [rows, rank] = factor.shape.slice(-2)
  if (rows !== n || variances.shape[variances.shape.length - 1] !== n) {
    const [name, needed, found] =
      rows !== n
        ? ['factor', `${n}, k`, `${rows}, ${rank}`]
        : ['diagonal', `${n}`, `${variances.shape[variances.shape.length - 1]}`]
    throw new ShapeError(
      `LowRankMultivariateNormal: loc [${loc.shape.join(', ')}] needs ${name} of [${needed}], not [${found}]`,
    )
  }
  const scale = sqrt(variances)
  const v = over(factor, column(scale))
  const vT = transposed(v)
  const scaleTril = cholesky(plus((matmul(v) as (x: Real) => Real)(vT), identity(rank)))
  const halfLogDeterminant = plus(
    times(sumLast(log(variances), 1), 0.5),
    sumLast(log(diagonal(scaleTril)), 1),
  )
  return distribution<LowRankMultivariateNormal<ShapeOf<Batches<L, F, D>>, LastOf<ShapeOfParameter<L>>>>({
    ...given,
    family: 'LowRankMultivariateNormal',
    parameters: given.values,
    eventShape: [n],
    support: lineVector,
    reparameterized: true,
    logProb: x => {
      const z = over(minus(x, loc), scale)
      const projected = sumLast(times(vT, row(z)), 1)
      const u = solveTriangular(scaleTril, { transpose: true })(solveTriangular(scaleTril)(projected))
      const rest = minus(z, sumLast(times(v, row(u)), 1))
      return minus(
        times(plus(sumLast(square(rest), 1), sumLast(square(u), 1)), -0.5),
        halfLogDeterminant,
        n * halfLogTwoPi,
      )
    },
    sample: shape => key => {
      const [first, second] = split(key, 2) as readonly [Key, Key]
      const common = normal([...shape.slice(0, -1), rank])(first) as Tensor<Shape>
      return plus(loc, timesVector(factor, common), times(scale, normal(shape)(second)))
    },
    mean: () => loc,
    variance: () => plus(sumLast(square(factor), 1), variances),
    mode: () => loc,
    entropy: () => plus(halfLogDeterminant, n * (halfLogTwoPi + 0.5)),
  })
}
