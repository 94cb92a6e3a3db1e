import {
  cast,
  logSigmoid,
  neg,
  sigmoid,
  stack,
  zerosLike,
  onesLike,
  log,
  log1p,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { above, below, choose, minus, over, plus, times } from '../arithmetic.js'
import { binary, real, unitInterval } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactExp } from '../sampling/exact.js'
import { openUniform } from '../sampling/uniform.js'
import { xLogY } from '../special/index.js'

export interface Bernoulli<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf' | 'enumerateSupport'
> {
  readonly family: 'Bernoulli'
  readonly parameters: { readonly probs: Tensor<B>; readonly logits: Tensor<B> }
}

/**
 * The Bernoulli distribution on {0, 1}, P(x = 1) = p, of probabilities p or of logits l = ln(p/(1 − p)):
 *
 *   ln P(x) = x ln p + (1 − x) ln(1 − p)
 */
export const Bernoulli = <const P extends Parameter>(
  about: { readonly probs: P } | { readonly logits: P },
): Bernoulli<ShapeOfParameter<P>> => {
  const isProbs = 'probs' in about
  const given = isProbs
    ? parameters('Bernoulli', { probs: [about.probs, unitInterval] })
    : parameters('Bernoulli', { logits: [about.logits, real] })
  const of = Object.values(given.values)[0]
  const probs = isProbs ? of : sigmoid(of)
  const rest = isProbs ? minus(1, of) : sigmoid(neg(of))
  // What a draw compares with: the same bits on every backend.
  const exactProbs = isProbs ? of : over(1, plus(1, exactExp(neg(of))))
  return distribution<Bernoulli<ShapeOfParameter<P>>>({
    ...given,
    family: 'Bernoulli',
    parameters: { probs, logits: isProbs ? minus(log(of), log1p(neg(of))) : of },
    support: binary,
    logProb: isProbs
      ? x => choose(above(x, 0.5), log(of), log1p(neg(of)))
      : x => logSigmoid(choose(above(x, 0.5), of, neg(of))),
    sample: shape => key => cast('f32')(below(openUniform(shape)(key), exactProbs)),
    mean: () => probs,
    variance: () => times(probs, rest),
    mode: () => cast('f32')(above(probs, 0.5)),
    entropy: isProbs
      ? () => times(plus(xLogY(probs, probs), xLogY(rest, rest)), -1)
      : () => times(plus(times(probs, logSigmoid(of)), times(rest, logSigmoid(neg(of)))), -1),
    cdf: x => plus(times(x, 0), rest),
    icdf: p => cast('f32')(above(p, rest)),
    enumerateSupport: () => stack(0)([zerosLike(probs), onesLike(probs)]),
  })
}
