import {
  expandDims,
  floor,
  log,
  sqrt,
  stopGradient,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import {
  above,
  below,
  both,
  choose,
  equal,
  minus,
  over,
  plus,
  smaller,
  spread,
  times,
  type Real,
} from '../arithmetic.js'
import { positiveWhole, real, unitInterval, wholeInterval } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { binomial } from '../sampling/binomial.js'
import { incompleteBeta, latticeEntropy, leastReaching, logBetaTerm, type Tails } from '../special/index.js'
import { exactProbs, success, type Success } from './success.js'

export interface Binomial<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Binomial'
  readonly parameters: {
    readonly totalCount: Tensor<B>
    readonly probs: Tensor<B>
    readonly logits: Tensor<B>
  }
}

/** ln P(x), −∞ outside. */
export const logMass = (x: Real, n: Real, { probs, rest, logProbs, logRest }: Success): Real => {
  const isInner = both(both(above(x, 0), below(x, n)), both(above(probs, 0), above(rest, 0)))
  const [a, b] = [choose(isInner, x, 1), choose(isInner, minus(n, x), 1)]
  const portion = { x: choose(isInner, probs, 0.5), rest: choose(isInner, rest, 0.5) }
  const inner = plus(logBetaTerm(a, b, portion), log(over(plus(a, b), times(a, b))))
  const edge = choose(equal(x, 0), times(n, logRest), choose(equal(x, n), times(n, logProbs), -Infinity))
  return choose(isInner, inner, edge)
}

/**
 * The binomial distribution Bin[n, p] on 0 … n, the number of successes among n = totalCount trials of probability p, or of logits
 * l = ln(p/(1 − p)):
 *
 *   ln P(x) = ln n!/(x!(n − x)!) + x ln p + (n − x) ln(1 − p)
 */
export const Binomial = <const N extends Parameter, const P extends Parameter>(
  about: { readonly totalCount: N } & ({ readonly probs: P } | { readonly logits: P }) &
    Requires<Together<'Binomial: totalCount, probs', [N, P]>>,
): Binomial<ShapeOf<Together<'Binomial: totalCount, probs', [N, P]>>> => {
  const isProbs = 'probs' in about
  const given = isProbs
    ? parameters('Binomial', {
        totalCount: [about.totalCount, positiveWhole],
        probs: [about.probs, unitInterval],
      })
    : parameters('Binomial', { totalCount: [about.totalCount, positiveWhole], logits: [about.logits, real] })
  const [n, of] = Object.values(given.values) as [Real, Real]
  const p = success(isProbs, of)
  const mean = times(n, p.probs)
  const variance = times(mean, p.rest)
  const tails = (x: Real): Tails => {
    const isInner = both(both(above(p.probs, 0), above(p.rest, 0)), below(x, n))
    const portion = { x: choose(isInner, p.rest, 0.5), rest: choose(isInner, p.probs, 0.5) }
    const { lower, upper } = incompleteBeta(choose(isInner, minus(n, x), 1), plus(x, 1), portion)
    // All mass on 0 or on n.
    const isBelow = both(below(x, n), equal(p.rest, 0))
    return {
      lower: choose(isInner, lower, choose(isBelow, 0, 1)),
      upper: choose(isInner, upper, choose(isBelow, 1, 0)),
    }
  }
  return distribution<Binomial<ShapeOf<Together<'Binomial: totalCount, probs', [N, P]>>>>({
    ...given,
    family: 'Binomial',
    parameters: { totalCount: n, probs: p.probs, logits: p.logits },
    support: wholeInterval(0, n),
    logProb: x => logMass(x, n, p),
    sample: shape =>
      binomial(stopGradient(spread(shape)(n)), stopGradient(spread(shape)(exactProbs(isProbs, of))), shape),
    mean: () => mean,
    variance: () => variance,
    mode: () => smaller(floor(times(plus(n, 1), p.probs)), n),
    entropy: () => {
      const column = (x: Real): Real => expandDims(-1)(x)
      const own = success(isProbs, column(of))
      return latticeEntropy(mean, sqrt(variance), k => logMass(k, column(n), own))
    },
    cdf: x => tails(x).lower,
    icdf: level => leastReaching(level, n, tails),
  })
}
