import { ceil, expm1, neg, log1p, square, stopGradient, floor, type Shape, type Tensor } from '@elbo/tensor'
import { above, choose, equal, larger, minus, over, plus, spread, times, type Real } from '../arithmetic.js'
import { natural, positiveProbability, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactLog } from '../sampling/exact.js'
import { openUniform } from '../sampling/uniform.js'
import { exactLogRest, success } from './success.js'

export interface Geometric<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Geometric'
  readonly parameters: { readonly probs: Tensor<B>; readonly logits: Tensor<B> }
}

/**
 * The geometric distribution on 0, 1, 2, …: the number of failures before the first success of probability p in (0, 1], or of logits
 * l = ln(p/(1 − p)):
 *
 *   ln P(x) = x ln(1 − p) + ln p
 *
 * Draws are ⌊ln u/ln(1 − p)⌋.
 */
export const Geometric = <const P extends Parameter>(
  about: { readonly probs: P } | { readonly logits: P },
): Geometric<ShapeOfParameter<P>> => {
  const isProbs = 'probs' in about
  const given = isProbs
    ? parameters('Geometric', { probs: [about.probs, positiveProbability] })
    : parameters('Geometric', { logits: [about.logits, real] })
  const of = Object.values(given.values)[0]
  const { probs, logits, rest, logProbs, logRest } = success(isProbs, of)
  /** n·ln(1 − p), 0 for n = 0. */
  const failures = (n: Real): Real => times(n, choose(equal(n, 0), 0, logRest))
  return distribution<Geometric<ShapeOfParameter<P>>>({
    ...given,
    family: 'Geometric',
    parameters: { probs, logits },
    support: natural,
    logProb: x => plus(failures(x), logProbs),
    sample: shape => key => {
      const p = stopGradient(spread(shape)(of))
      const isSure = isProbs ? equal(p, 1) : above(p, 80)
      const logFailure = exactLogRest(isProbs, choose(isSure, isProbs ? 0.5 : 0, p))
      return choose(isSure, 0, floor(over(exactLog(openUniform(shape)(key)), logFailure)))
    },
    mean: () => over(rest, probs),
    variance: () => over(rest, square(probs)),
    mode: () => times(probs, 0),
    entropy: () => times(plus(over(failures(rest), probs), logProbs), -1),
    cdf: x => neg(expm1(times(plus(x, 1), logRest))),
    icdf: level => {
      const steps = minus(ceil(over(log1p(neg(level)), logRest)), 1)
      return larger(choose(equal(rest, 0), 0, steps), 0)
    },
  })
}
