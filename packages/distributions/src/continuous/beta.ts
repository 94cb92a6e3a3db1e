import {
  customGradient,
  log,
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
  minus,
  over,
  plus,
  spread,
  times,
  together,
  type Real,
} from '../arithmetic.js'
import { positive, unitInterval } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { exactExp } from '../sampling/exact.js'
import { logStandardGamma } from '../sampling/gamma.js'
import {
  implicitly,
  incompleteBeta,
  inverseIncompleteBeta,
  logBeta,
  halfLogTwoPi,
  logBetaTerm,
  logMinusDigamma,
  quantile,
  stirlingError,
  xLogY,
} from '../special/index.js'

export interface Beta<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Beta'
  readonly parameters: { readonly alpha: Tensor<B>; readonly beta: Tensor<B> }
}

interface Shapes extends Readonly<Record<string, Real>> {
  readonly alpha: Real
  readonly beta: Real
}

const portion = (x: Real) => ({ x, rest: minus(1, x) })

const logDensity = (x: Real, { alpha, beta }: Shapes): Real =>
  customGradient(
    (at: { readonly x: Real; readonly alpha: Real; readonly beta: Real }) =>
      minus(logBetaTerm(at.alpha, at.beta, portion(at.x)), log(at.x), log(minus(1, at.x))),
    // Near the ends the slopes of the terms above cancel; these are the sums.
    (g: Real, at) => {
      const total = plus(at.alpha, at.beta)
      const score = (shape: Real, share: Real): Real =>
        plus(log(over(times(share, total), shape)), minus(logMinusDigamma(shape), logMinusDigamma(total)))
      const rest = minus(1, at.x)
      return {
        x: times(g, minus(over(minus(at.alpha, 1), at.x), over(minus(at.beta, 1), rest))),
        alpha: times(g, score(at.alpha, at.x)),
        beta: times(g, score(at.beta, rest)),
      }
    },
  )(together({ x, alpha, beta }))

const quantiles = {
  cdf: (x: Real, { alpha, beta }: Shapes): Real => incompleteBeta(alpha, beta, portion(x)).lower,
  logDensity,
}

/**
 * The beta distribution on [0, 1] with α, β > 0:
 *
 *   ln p(x) = (α − 1) ln x + (β − 1) ln(1 − x) − ln B(α, β)
 *
 * Draws are X/(X + Y) of two gamma variables, in logarithms, with implicit gradients.
 */
export const Beta = <const A extends Parameter, const B extends Parameter>(
  about: { readonly alpha: A; readonly beta: B } & Requires<Together<'Beta: alpha, beta', [A, B]>>,
): Beta<ShapeOf<Together<'Beta: alpha, beta', [A, B]>>> => {
  const given = parameters('Beta', { alpha: [about.alpha, positive], beta: [about.beta, positive] })
  const { alpha, beta } = given.values
  const total = plus(alpha, beta)
  return distribution<Beta<ShapeOf<Together<'Beta: alpha, beta', [A, B]>>>>({
    ...given,
    family: 'Beta',
    parameters: given.values,
    support: unitInterval,
    reparameterized: true,
    logProb: x => {
      const isInner = both(above(x, 0), above(minus(1, x), 0))
      const inner = choose(isInner, x, 0.5)
      // At the ends: the powers as they are.
      const edge = minus(
        xLogY(minus(alpha, 1), x),
        times(xLogY(minus(beta, 1), minus(1, x)), -1),
        logBeta(alpha, beta),
      )
      return choose(isInner, logDensity(inner, { alpha, beta }), edge)
    },
    sample: shape => key => {
      const [first, second] = split(key, 2) as readonly [Key, Key]
      const [a, b] = [spread(shape)(alpha), spread(shape)(beta)]
      const logX = logStandardGamma(stopGradient(a), shape)(first)
      const logY = logStandardGamma(stopGradient(b), shape)(second)
      const x = over(1, plus(1, exactExp(minus(logY, logX))))
      return implicitly(x, { alpha: a, beta: b }, quantiles)
    },
    mean: () => over(alpha, total),
    variance: () => over(times(over(alpha, total), over(beta, total)), plus(total, 1)),
    mode: () => {
      const isInner = both(above(alpha, 1), above(beta, 1))
      const inner = over(minus(choose(isInner, alpha, 2), 1), minus(choose(isInner, total, 4), 2))
      const ends = choose(equal(alpha, beta), 0.5, choose(above(alpha, beta), 1, 0))
      return choose(isInner, inner, ends)
    },
    entropy: () =>
      // ln B + (α + β − 2)ψ(α + β) − (α − 1)ψ(α) − (β − 1)ψ(β), its large terms cancelled by hand.
      plus(
        minus(plus(stirlingError(alpha), stirlingError(beta)), stirlingError(total)),
        halfLogTwoPi,
        times(0.5, log(times(over(alpha, total), over(beta, total), over(1, total)))),
        times(minus(alpha, 1), logMinusDigamma(alpha)),
        times(minus(beta, 1), logMinusDigamma(beta)),
        times(minus(2, total), logMinusDigamma(total)),
      ),
    cdf: x => quantiles.cdf(x, { alpha, beta }),
    icdf: p => {
      const [a, b] = [plus(alpha, times(p, 0)), plus(beta, times(p, 0))]
      const u = plus(p, times(alpha, 0))
      const { x } = inverseIncompleteBeta(stopGradient(a), stopGradient(b), stopGradient(u))
      return quantile(x, u, { alpha: a, beta: b }, quantiles)
    },
  })
}
