import {
  log,
  log1p,
  neg,
  sigmoid,
  softplus,
  square,
  type Draw,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { larger, minus, over, plus, smaller, times, type Real } from '../arithmetic.js'
import { line, openUnitInterval, positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Parameters, type Together } from '../parameters.js'
import { exactExp, exactLog } from '../sampling/exact.js'
import { openUniform } from '../sampling/uniform.js'
import { success, type Success } from './success.js'

export interface LogitRelaxedBernoulli<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'LogitRelaxedBernoulli'
  readonly parameters: {
    readonly temperature: Tensor<B>
    readonly probs: Tensor<B>
    readonly logits: Tensor<B>
  }
}

export interface RelaxedBernoulli<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'cdf' | 'icdf'
> {
  readonly family: 'RelaxedBernoulli'
  readonly parameters: LogitRelaxedBernoulli<B>['parameters']
}

/** What both families are given. */
type About<T extends Parameter, P extends Parameter> = { readonly temperature: T } & (
  { readonly probs: P } | { readonly logits: P }
)

interface Relaxed {
  readonly given: Parameters<string>
  readonly temperature: Real
  readonly p: Success
  /** ln p(y), P(Y ≤ y) and its inverse, of the logit y. */
  readonly logDensity: (y: Real) => Real
  readonly cdf: (y: Real) => Real
  readonly icdf: (u: Real) => Real
  readonly draw: (shape: Shape) => Draw<Real>
}

const relaxed = (family: string, about: About<Parameter, Parameter>): Relaxed => {
  const isProbs = 'probs' in about
  const given: Parameters<string> = isProbs
    ? parameters(family, {
        temperature: [about.temperature, positive],
        probs: [about.probs, openUnitInterval],
      })
    : parameters(family, { temperature: [about.temperature, positive], logits: [about.logits, real] })
  const [temperature, of] = Object.values(given.values) as [Real, Real]
  const p = success(isProbs, of)
  const off = (y: Real): Real => minus(times(y, temperature), p.logits)
  return {
    given,
    temperature,
    p,
    logDensity: y => minus(log(temperature), off(y), times(softplus(neg(off(y))), 2)),
    cdf: y => sigmoid(off(y)),
    icdf: u => over(plus(p.logits, minus(log(u), log1p(neg(u)))), temperature),
    draw: shape => key => {
      const logits = isProbs ? minus(exactLog(of), exactLog(minus(1, of))) : of
      const u = openUniform(shape)(key)
      return over(plus(logits, minus(exactLog(u), exactLog(minus(1, u)))), temperature)
    },
  }
}

/**
 * The logit y of a relaxed Bernoulli variable, of a temperature λ > 0 and probabilities p in (0, 1) or logits l (Maddison, Mnih and Teh
 * 2017, The Concrete Distribution, B.2): a logistic variable around l/λ with scale 1/λ,
 *
 *   ln p(y) = ln λ + l − λy − 2 ln(1 + e^(l − λy))
 */
export const LogitRelaxedBernoulli = <const T extends Parameter, const P extends Parameter>(
  about: About<T, P> & Requires<Together<'LogitRelaxedBernoulli: temperature, probs', [T, P]>>,
): LogitRelaxedBernoulli<ShapeOf<Together<'LogitRelaxedBernoulli: temperature, probs', [T, P]>>> => {
  const { given, temperature, p, logDensity, cdf, icdf, draw } = relaxed('LogitRelaxedBernoulli', about)
  const middle = over(p.logits, temperature)
  return distribution<
    LogitRelaxedBernoulli<ShapeOf<Together<'LogitRelaxedBernoulli: temperature, probs', [T, P]>>>
  >({
    ...given,
    parameters: { temperature, probs: p.probs, logits: p.logits },
    support: line,
    reparameterized: true,
    logProb: logDensity,
    sample: draw,
    mean: () => middle,
    variance: () => over(Math.PI ** 2 / 3, square(temperature)),
    mode: () => middle,
    entropy: () => minus(2, log(temperature)),
    cdf,
    icdf,
  })
}

/** The least and the largest number in (0, 1) that draws round to. */
const [least, greatest] = [2 ** -126, 1 - 2 ** -24]

/**
 * The relaxed Bernoulli (binary Concrete) distribution on (0, 1), of a temperature λ > 0 and probabilities p in (0, 1) or logits l
 * (Maddison, Mnih and Teh 2017): x = 1/(1 + e^(−y)) of a `LogitRelaxedBernoulli` variable y,
 *
 *   ln p(x) = ln p(y) − ln x − ln(1 − x)
 *
 * As λ goes to 0, draws go to those of `Bernoulli`; they keep gradients.
 */
export const RelaxedBernoulli = <const T extends Parameter, const P extends Parameter>(
  about: About<T, P> & Requires<Together<'RelaxedBernoulli: temperature, probs', [T, P]>>,
): RelaxedBernoulli<ShapeOf<Together<'RelaxedBernoulli: temperature, probs', [T, P]>>> => {
  const { given, temperature, p, logDensity, cdf, icdf, draw } = relaxed('RelaxedBernoulli', about)
  const logit = (x: Real): Real => minus(log(x), log1p(neg(x)))
  return distribution<RelaxedBernoulli<ShapeOf<Together<'RelaxedBernoulli: temperature, probs', [T, P]>>>>({
    ...given,
    parameters: { temperature, probs: p.probs, logits: p.logits },
    support: openUnitInterval,
    reparameterized: true,
    logProb: x => minus(logDensity(logit(x)), log(x), log1p(neg(x))),
    sample: shape => key => {
      const x = over(1, plus(1, exactExp(neg(draw(shape)(key)))))
      return smaller(larger(x, least), greatest)
    },
    cdf: x => cdf(logit(x)),
    icdf: u => sigmoid(icdf(u)),
  })
}
