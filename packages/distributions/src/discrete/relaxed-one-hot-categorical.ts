import {
  expandDims,
  log,
  logSoftmax,
  logSumExp,
  max,
  neg,
  softmax,
  stopGradient,
  type BroadcastAll,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { larger, minus, over, plus, sumLast, times, type Real } from '../arithmetic.js'
import { openSimplexOf, positive, positiveSimplex, realVector } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import type { LastOf } from '../multivariate/dirichlet.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactExp, exactLog } from '../sampling/exact.js'
import { exactSum } from '../sampling/sums.js'
import { openUniform } from '../sampling/uniform.js'
import type { Rows } from './categorical.js'

export interface RelaxedOneHotCategorical<
  B extends Shape = Shape,
  E extends Shape = [number],
> extends Distribution<B, E, 'f32', 'sample' | 'reparameterized'> {
  readonly family: 'RelaxedOneHotCategorical'
  readonly parameters: {
    readonly temperature: Tensor<B>
    readonly probs: Tensor<[...B, ...E]>
    readonly logits: Tensor<[...B, ...E]>
  }
}

type Batches<T extends Parameter, P extends Parameter> = BroadcastAll<
  'RelaxedOneHotCategorical: temperature, probs',
  [ShapeOfParameter<T>, Rows<ShapeOfParameter<P>>]
>

const logFactorial = (n: number): number =>
  Array.from({ length: n }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0)

const column = (x: Real): Real => expandDims(-1)(x)

/**
 * The relaxed one-hot (Concrete, or Gumbel-softmax) distribution on the simplex of n numbers, of a temperature λ > 0 and positive
 * probabilities pᵢ along the last axis or logits (Maddison, Mnih and Teh 2017, The Concrete Distribution, eq. 10):
 *
 *   ln p(x) = ln (n − 1)! + (n − 1) ln λ + Σ (ln pᵢ − (λ + 1) ln xᵢ) − n ln Σ pᵢ xᵢ^(−λ)
 *
 * Draws are softmax((ln pᵢ + gᵢ)/λ) with gᵢ = −ln(−ln uᵢ).
 */
export const RelaxedOneHotCategorical = <const T extends Parameter, const P extends Parameter>(
  about: { readonly temperature: T } & ({ readonly probs: P } | { readonly logits: P }) &
    Requires<Batches<T, P>>,
): RelaxedOneHotCategorical<ShapeOf<Batches<T, P>>, LastOf<ShapeOfParameter<P>>> => {
  const isProbs = 'probs' in about
  const given = isProbs
    ? parameters('RelaxedOneHotCategorical', {
        temperature: [about.temperature, positive],
        probs: [about.probs, positiveSimplex],
      })
    : parameters('RelaxedOneHotCategorical', {
        temperature: [about.temperature, positive],
        logits: [about.logits, realVector],
      })
  const [temperature, of] = Object.values(given.values) as [Real, Real]
  const n = of.shape[of.shape.length - 1]
  const logits = isProbs ? log(of) : logSoftmax()(of)
  return distribution<RelaxedOneHotCategorical<ShapeOf<Batches<T, P>>, LastOf<ShapeOfParameter<P>>>>({
    ...given,
    family: 'RelaxedOneHotCategorical',
    parameters: { temperature, probs: isProbs ? of : softmax()(of), logits },
    eventShape: [n],
    support: openSimplexOf(n),
    reparameterized: true,
    logProb: x => {
      const logs = log(x)
      const scores = minus(logits, times(column(temperature), logs))
      return plus(
        times(log(temperature), n - 1),
        logFactorial(n - 1),
        sumLast(minus(scores, logs), 1),
        times((logSumExp(-1) as (x: Real) => Real)(scores), -n),
      )
    },
    sample: shape => key => {
      const gumbel = neg(exactLog(neg(exactLog(openUniform(shape)(key)))))
      const scores = over(plus(isProbs ? exactLog(of) : of, gumbel), column(temperature))
      const largest = stopGradient((max(-1, { keepDims: true }) as (x: Real) => Real)(scores))
      const weights = exactExp(minus(scores, largest))
      // No element rounds to 0, where there is no density.
      return larger(over(weights, exactSum(weights)), 2 ** -126)
    },
  })
}
