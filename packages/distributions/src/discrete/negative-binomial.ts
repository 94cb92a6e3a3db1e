import {
  floor,
  log,
  sqrt,
  split,
  stopGradient,
  type Key,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import {
  above,
  both,
  choose,
  equal,
  larger,
  minus,
  over,
  plus,
  spread,
  times,
  type Real,
} from '../arithmetic.js'
import { natural, positive, positiveProbability, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { standardGamma } from '../sampling/gamma.js'
import { poisson } from '../sampling/poisson.js'
import { incompleteBeta, leastReaching, logBetaTerm, type Tails } from '../special/index.js'
import { exactOddsAgainst, success } from './success.js'

export interface NegativeBinomial<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'mean' | 'variance' | 'mode' | 'cdf' | 'icdf'
> {
  readonly family: 'NegativeBinomial'
  readonly parameters: {
    readonly totalCount: Tensor<B>
    readonly probs: Tensor<B>
    readonly logits: Tensor<B>
  }
}

/**
 * The negative binomial distribution on 0, 1, 2, …: the number of failures before the r-th success of probability p in (0, 1], or of
 * logits l = ln(p/(1 − p)); r = totalCount > 0 need not be whole:
 *
 *   ln P(x) = ln Γ(x + r)/(x! Γ(r)) + r ln p + x ln(1 − p)
 *
 * With r = 1 this is `Geometric`. Draws are Poisson of a gamma variable with concentration r and rate p/(1 − p).
 */
export const NegativeBinomial = <const N extends Parameter, const P extends Parameter>(
  about: { readonly totalCount: N } & ({ readonly probs: P } | { readonly logits: P }) &
    Requires<Together<'NegativeBinomial: totalCount, probs', [N, P]>>,
): NegativeBinomial<ShapeOf<Together<'NegativeBinomial: totalCount, probs', [N, P]>>> => {
  const isProbs = 'probs' in about
  const given = isProbs
    ? parameters('NegativeBinomial', {
        totalCount: [about.totalCount, positive],
        probs: [about.probs, positiveProbability],
      })
    : parameters('NegativeBinomial', {
        totalCount: [about.totalCount, positive],
        logits: [about.logits, real],
      })
  const [r, of] = Object.values(given.values) as [Real, Real]
  const { probs, logits, rest, logProbs } = success(isProbs, of)
  const odds = over(rest, probs)
  const mean = times(r, odds)
  const isOpen = both(above(rest, 0), above(probs, 0))
  const portion = { x: choose(isOpen, probs, 0.5), rest: choose(isOpen, rest, 0.5) }
  const tails = (x: Real): Tails => {
    const { lower, upper } = incompleteBeta(r, plus(x, 1), portion)
    return { lower: choose(isOpen, lower, 1), upper: choose(isOpen, upper, 0) }
  }
  return distribution<NegativeBinomial<ShapeOf<Together<'NegativeBinomial: totalCount, probs', [N, P]>>>>({
    ...given,
    family: 'NegativeBinomial',
    parameters: { totalCount: r, probs, logits },
    support: natural,
    logProb: x => {
      const isPositive = above(x, 0)
      const k = choose(isPositive, x, 1)
      const later = choose(isOpen, minus(logBetaTerm(r, k, portion), log(k)), -Infinity)
      return choose(isPositive, later, times(r, logProbs))
    },
    sample: shape => key => {
      const [first, second] = split(key, 2) as readonly [Key, Key]
      const [own, against] = [
        stopGradient(spread(shape)(r)),
        stopGradient(spread(shape)(exactOddsAgainst(isProbs, of))),
      ]
      const rate = times(standardGamma(own, shape)(first), against)
      return choose(equal(rate, 0), 0, poisson(rate, shape)(second))
    },
    mean: () => mean,
    variance: () => over(mean, probs),
    mode: () => floor(times(larger(minus(r, 1), 0), odds)),
    cdf: x => tails(x).lower,
    // Less than 10⁻⁹ lies above: the rate is less than m, and its Poisson variable less than `high`.
    icdf: level => {
      const m = times(odds, plus(r, times(sqrt(r), 8), 20))
      return leastReaching(level, floor(plus(m, times(sqrt(m), 8), 24)), tails)
    },
  })
}
