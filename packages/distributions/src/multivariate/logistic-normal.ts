import {
  concat,
  full,
  log,
  max,
  slice,
  stopGradient,
  type BroadcastAll,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { allLast, above, choose, minus, over, sumLast, type Real } from '../arithmetic.js'
import { simplexOf } from '../constraints/index.js'
import type { Rows } from '../discrete/categorical.js'
import { distribution, type Distribution } from '../distribution.js'
import type { Parameter, ShapeOfParameter } from '../parameters.js'
import { exactExp } from '../sampling/exact.js'
import { exactSum } from '../sampling/sums.js'
import { covaried, type Covariance } from './covariance.js'

export interface LogisticNormal<B extends Shape = Shape> extends Distribution<
  B,
  [number],
  'f32',
  'sample' | 'reparameterized'
> {
  readonly family: 'LogisticNormal'
  readonly parameters: { readonly loc: Tensor<Shape>; readonly scaleTril: Tensor<Shape> }
}

type Batches<L extends Parameter, S extends Parameter> = BroadcastAll<
  'LogisticNormal: loc, covariance',
  [Rows<ShapeOfParameter<L>>, Rows<Rows<ShapeOfParameter<S>>>]
>

/** Elements `from` to `to` of the last axis. */
const elements = (x: Real, from: number, to: number): Real =>
  slice(...x.shape.map((_, axis) => (axis === x.shape.length - 1 ? ([from, to] as const) : null)))(x)

/**
 * The logistic normal distribution on the simplex of n + 1 numbers: y = ln(x₁/xₙ₊₁), …, ln(xₙ/xₙ₊₁) is Norm[μ, Σ], with a covariance Σ, the lower
 * triangular L of Σ = LLᵀ (`scaleTril`) or a precision Σ⁻¹; Aitchison and Shen 1980, Logistic-normal distributions, eq. 1.3:
 *
 *   ln p(x) = ln Norm(y; μ, Σ) − Σ ln xᵢ
 *
 * Its moments have no closed form. Draws are the softmax of normal vectors with a 0 behind them.
 * @throws ShapeError `LogisticNormal: loc [3] needs covariance of [3, 3], not [2, 2]`
 */
export const LogisticNormal = <const L extends Parameter, const S extends Parameter>(
  about: { readonly loc: L } & Covariance<S> & Requires<Batches<L, S>>,
): LogisticNormal<ShapeOf<Batches<L, S>>> => {
  const { given, loc, scaleTril, n, logDensity, draws } = covaried('LogisticNormal', about)
  return distribution<LogisticNormal<ShapeOf<Batches<L, S>>>>({
    ...given,
    family: 'LogisticNormal',
    parameters: { loc, scaleTril },
    eventShape: [n + 1],
    support: simplexOf(n + 1),
    reparameterized: true,
    logProb: x => {
      const isInner = allLast(above(x, 0), 1)
      const logs = log(choose(above(x, 0), x, 1))
      const y = minus(elements(logs, 0, n), elements(logs, n, n + 1))
      // Towards a face the density falls faster than any power.
      return choose(isInner, minus(logDensity(y), sumLast(logs, 1)), -Infinity)
    },
    sample: shape => key => {
      const y = draws([...shape.slice(0, -1), n])(key)
      const logits = (concat(-1) as (parts: readonly Real[]) => Real)([
        y,
        full([...shape.slice(0, -1), 1], 0),
      ])
      const largest = stopGradient((max(-1, { keepDims: true }) as (x: Real) => Real)(logits))
      const weights = exactExp(minus(logits, largest))
      return over(weights, exactSum(weights))
    },
  })
}
