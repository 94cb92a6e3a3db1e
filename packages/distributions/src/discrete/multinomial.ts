import {
  expandDims,
  foldIn,
  arange,
  log,
  max,
  reverse,
  scan,
  softmax,
  sqrt,
  stopGradient,
  transpose,
  type BroadcastAll,
  type Draw,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import {
  above,
  choose,
  minus,
  over,
  plus,
  smaller,
  spread,
  sumLast,
  times,
  type Real,
} from '../arithmetic.js'
import { countsOf, positiveWhole, realVector, simplex } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import type { LastOf } from '../multivariate/dirichlet.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { binomial } from '../sampling/binomial.js'
import { exactExp } from '../sampling/exact.js'
import { exactCumulative } from '../sampling/sums.js'
import { deviance, halfLogTwoPi, latticeMean, stirlingError } from '../special/index.js'
import { logMass } from './binomial.js'
import type { Rows } from './categorical.js'
import { success } from './success.js'

export interface Multinomial<B extends Shape = Shape, E extends Shape = [number]> extends Distribution<
  B,
  E,
  'f32',
  'sample' | 'mean' | 'variance' | 'entropy'
> {
  readonly family: 'Multinomial'
  readonly parameters: { readonly totalCount: Tensor<B>; readonly probs: Tensor<[...B, ...E]> }
}

type Batches<N extends Parameter, P extends Parameter> = BroadcastAll<
  'Multinomial: totalCount, probs',
  [ShapeOfParameter<N>, Rows<ShapeOfParameter<P>>]
>

const column = (x: Real): Real => expandDims(-1)(x)

/** Counts category by category: a binomial variable of what is left, with the category's share of the weights that are left. */
const draws =
  (n: Real, weights: Real, shape: Shape): Draw<Real> =>
  key => {
    const rank = weights.shape.length
    const fromHere = (reverse(rank - 1) as (x: Real) => Real)(
      exactCumulative((reverse(rank - 1) as (x: Real) => Real)(weights)),
    )
    const isLeft = above(fromHere, 0)
    const share = smaller(over(weights, choose(isLeft, fromHere, 1)), 1)
    const front = shape.slice(0, -1)
    const shares = (transpose([rank - 1, ...weights.shape.slice(1).map((_, i) => i)]) as (x: Real) => Real)(
      share,
    )
    const [, counts] = scan(
      (left: Real, { of, category }: { readonly of: Real; readonly category: Tensor<[], 'u32'> }) => {
        const count = binomial(left, spread(front)(of), front)(foldIn(category)(key))
        return [minus(left, count), count as Tensor<number[]>] as const
      },
    )(spread(front)(n), { of: shares as never, category: arange(weights.shape[rank - 1], 'u32') })
    return (transpose([...front.map((_, i) => i + 1), 0]) as (x: Real) => Real)(counts)
  }

/** What a count takes off ln P: ln x! − x ln m + m with its mean m. The last terms sum to those of all trials. */
const share = (x: Real, mean: Real): Real => {
  const isPositive = above(x, 0)
  const k = choose(isPositive, x, 1)
  const isPossible = above(mean, 0)
  const expected = choose(isPossible, mean, 1)
  const one = plus(times(log(k), 0.5), halfLogTwoPi, stirlingError(k), deviance(k, expected))
  return choose(isPositive, choose(isPossible, one, Infinity), mean)
}

/**
 * The multinomial distribution of how often each of n categories comes up in N = totalCount trials, of probabilities along the last axis or
 * of logits, of which the softmax is taken:
 *
 *   ln P(x) = ln N! − Σ ln xᵢ! + Σ xᵢ ln pᵢ
 *
 * Probabilities are divided by their sum.
 */
export const Multinomial = <const N extends Parameter, const P extends Parameter>(
  about: { readonly totalCount: N } & ({ readonly probs: P } | { readonly logits: P }) &
    Requires<Batches<N, P>>,
): Multinomial<ShapeOf<Batches<N, P>>, LastOf<ShapeOfParameter<P>>> => {
  const isProbs = 'probs' in about
  const given = isProbs
    ? parameters('Multinomial', {
        totalCount: [about.totalCount, positiveWhole],
        probs: [about.probs, simplex],
      })
    : parameters('Multinomial', {
        totalCount: [about.totalCount, positiveWhole],
        logits: [about.logits, realVector],
      })
  const [total, of] = Object.values(given.values) as [Real, Real]
  const probs = isProbs ? over(of, column(sumLast(of, 1))) : softmax()(of)
  const mean = times(column(total), probs)
  const variance = times(mean, minus(1, probs))
  const ofTotal = plus(times(log(total), 0.5), halfLogTwoPi, stirlingError(total))
  return distribution<Multinomial<ShapeOf<Batches<N, P>>, LastOf<ShapeOfParameter<P>>>>({
    ...given,
    family: 'Multinomial',
    parameters: { totalCount: total, probs },
    eventShape: [of.shape[of.shape.length - 1]],
    support: countsOf(total),
    // By Stirling's formula the large terms cancel: what is left of them are the deviances of counts from their means.
    logProb: x => minus(ofTotal, sumLast(share(x, mean), 1)),
    sample: shape => {
      const weights = isProbs
        ? of
        : exactExp(minus(of, (max(-1, { keepDims: true }) as (x: Real) => Real)(of)))
      return draws(stopGradient(total), stopGradient(weights), shape)
    },
    mean: () => mean,
    variance: () => variance,
    // Each count is a binomial variable.
    entropy: () => {
      const own = success(true, column(probs))
      const trials = column(plus(column(total), times(probs, 0)))
      const each = latticeMean(
        mean,
        sqrt(variance),
        k => logMass(k, trials, own),
        k => share(k, column(mean)),
      )
      return minus(sumLast(each, 1), ofTotal)
    },
  })
}
