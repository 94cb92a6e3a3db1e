import {
  customGradient,
  log,
  square,
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
  below,
  both,
  choose,
  larger,
  minus,
  over,
  plus,
  smaller,
  spread,
  times,
  together,
  type Real,
} from '../arithmetic.js'
import { halfLine, positive } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { exactExp } from '../sampling/exact.js'
import { logStandardGamma } from '../sampling/gamma.js'
import {
  halfLogTwoPi,
  implicitly,
  quantile,
  incompleteBeta,
  inverseIncompleteBeta,
  type Portion,
  logBetaTerm,
  logMinusDigamma,
  stirlingError,
} from '../special/index.js'

interface Halves extends Readonly<Record<string, Real>> {
  readonly a: Real
  readonly b: Real
}

/** w/(1 + w) and 1/(1 + w). */
const portionOf = (ratio: Real): Portion => {
  const w = smaller(larger(ratio, 2 ** -126), 2 ** 126)
  return { x: over(w, plus(1, w)), rest: over(1, plus(1, w)) }
}

/** ln of the density of the ratio of two gamma variables, X/Y. */
const logRatioDensity = (ratio: Real, { a, b }: Halves): Real =>
  customGradient(
    (at: { readonly ratio: Real; readonly a: Real; readonly b: Real }) =>
      minus(logBetaTerm(at.a, at.b, portionOf(at.ratio)), log(at.ratio)),
    // Near the ends the slopes of the terms above cancel; these are the sums.
    (g: Real, at) => {
      const { x, rest } = portionOf(at.ratio)
      const total = plus(at.a, at.b)
      const score = (shape: Real, share: Real): Real =>
        plus(log(over(times(share, total), shape)), minus(logMinusDigamma(shape), logMinusDigamma(total)))
      return {
        ratio: times(g, over(minus(times(at.a, rest), times(at.b, x), 1), at.ratio)),
        a: times(g, score(at.a, x)),
        b: times(g, score(at.b, rest)),
      }
    },
  )(together({ ratio, a, b }))

const ratios = {
  cdf: (ratio: Real, { a, b }: Halves): Real => incompleteBeta(a, b, portionOf(ratio)).lower,
  logDensity: logRatioDensity,
}

export interface FisherSnedecor<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'FisherSnedecor'
  readonly parameters: { readonly df1: Tensor<B>; readonly df2: Tensor<B> }
}

/**
 * The F distribution of Fisher and Snedecor with d₁, d₂ > 0 degrees of freedom (`df1`, `df2`), on x ≥ 0; u = d₁x/(d₁x + d₂):
 *
 *   ln p(x) = (d₁/2) ln u + (d₂/2) ln(1 − u) − ln x − ln B(d₁/2, d₂/2)
 *
 * The mean is ∞ for d₂ ≤ 2, the variance for d₂ ≤ 4. Draws are the ratio of two gamma variables over their means, in logarithms, with implicit
 * gradients.
 */
export const FisherSnedecor = <const M extends Parameter, const N extends Parameter>(
  about: { readonly df1: M; readonly df2: N } & Requires<Together<'FisherSnedecor: df1, df2', [M, N]>>,
): FisherSnedecor<ShapeOf<Together<'FisherSnedecor: df1, df2', [M, N]>>> => {
  const given = parameters('FisherSnedecor', { df1: [about.df1, positive], df2: [about.df2, positive] })
  const { df1, df2 } = given.values
  const [a, b] = [times(df1, 0.5), times(df2, 0.5)]
  return distribution<FisherSnedecor<ShapeOf<Together<'FisherSnedecor: df1, df2', [M, N]>>>>({
    ...given,
    family: 'FisherSnedecor',
    parameters: given.values,

    support: halfLine,
    reparameterized: true,
    logProb: x => {
      const ratio = times(x, over(a, b))
      const isInner = both(above(ratio, 0), below(ratio, Infinity))
      const inner = choose(isInner, ratio, 1)
      // At 0: ∞ for d₁ < 2, 0 for d₁ = 2, −∞ beyond.
      const atZero = choose(above(a, 1), -Infinity, choose(below(a, 1), Infinity, 0))
      const end = choose(above(ratio, 0), -Infinity, atZero)
      return choose(isInner, plus(logRatioDensity(inner, { a, b }), log(over(a, b))), end)
    },
    sample: shape => key => {
      const [first, second] = split(key, 2) as readonly [Key, Key]
      const theta = { a: spread(shape)(a), b: spread(shape)(b) }
      const logX = logStandardGamma(stopGradient(theta.a), shape)(first)
      const logY = logStandardGamma(stopGradient(theta.b), shape)(second)
      const ratio = smaller(larger(exactExp(minus(logX, logY)), 2 ** -126), 2 ** 126)
      return times(implicitly(ratio, theta, ratios), over(b, a))
    },
    mean: () => {
      const isFinite = above(b, 1)
      const safe = choose(isFinite, b, 2)
      return choose(isFinite, over(safe, minus(safe, 1)), Infinity)
    },
    variance: () => {
      const isFinite = above(b, 2)
      const safe = choose(isFinite, b, 3)
      const mean = over(safe, minus(safe, 1))
      const spreading = over(plus(a, safe, -1), times(a, minus(safe, 2)))
      return choose(isFinite, times(square(mean), spreading), Infinity)
    },
    mode: () => times(over(larger(minus(a, 1), 0), a), over(b, plus(b, 1))),
    entropy: () => {
      const total = plus(a, b)
      return plus(
        minus(plus(stirlingError(a), stirlingError(b)), stirlingError(total)),
        halfLogTwoPi,
        times(0.5, log(over(over(total, a), b))),
        times(minus(a, 1), logMinusDigamma(a)),
        times(plus(b, 1), logMinusDigamma(b)),
        times(total, logMinusDigamma(total), -1),
      )
    },
    cdf: x => ratios.cdf(times(x, over(a, b)), { a, b }),
    icdf: p => {
      const theta = { a: plus(a, times(p, 0)), b: plus(b, times(p, 0)) }
      const u = plus(p, times(a, 0))
      const { x, rest } = inverseIncompleteBeta(stopGradient(theta.a), stopGradient(theta.b), stopGradient(u))
      return times(quantile(over(x, rest), u, theta, ratios), over(b, a))
    },
  })
}
