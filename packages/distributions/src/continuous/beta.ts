import { digamma, log, split, stopGradient, type Key, type Requires, type Shape, type ShapeOf, type Tensor } from '@elbo/tensor'
import { above, both, choose, equal, minus, over, plus, spread, times, type Real } from '../arithmetic.js'
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
  logBetaTerm,
  quantile,
  xLogY,
} from '../special/index.js'

export interface Beta<B extends Shape = Shape>
  extends Distribution<
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
  minus(logBetaTerm(alpha, beta, portion(x)), log(x), log(minus(1, x)))

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
      const edge = minus(xLogY(minus(alpha, 1), x), times(xLogY(minus(beta, 1), minus(1, x)), -1), logBeta(alpha, beta))
      return choose(isInner, logDensity(inner, { alpha, beta }), edge)
    },
    sample: shape => key => {
      const [first, second] = split(key, 2) as readonly [Key, Key]
      const [a, b] = [spread(shape)(alpha), spread(shape)(beta)]
      const logX = logStandardGamma(stopGradient(a), shape)(first)
      const logY = logStandardGamma(stopGradient(b), shape)(second)
      const x = over(1, plus(1, exactExp(minus(logY, logX))))
      return implicitly(x, { alpha: a, beta: b } as Shapes, quantiles)
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
      minus(
        plus(logBeta(alpha, beta), times(minus(total, 2), digamma(total))),
        times(minus(alpha, 1), digamma(alpha)),
        times(minus(beta, 1), digamma(beta)),
      ),
    cdf: x => quantiles.cdf(x, { alpha, beta }),
    icdf: p => {
      const [a, b] = [plus(alpha, times(p, 0)), plus(beta, times(p, 0))]
      const u = plus(p, times(alpha, 0))
      const { x } = inverseIncompleteBeta(stopGradient(a), stopGradient(b), stopGradient(u))
      return quantile(x, u, { alpha: a, beta: b } as Shapes, quantiles)
    },
  })
}
