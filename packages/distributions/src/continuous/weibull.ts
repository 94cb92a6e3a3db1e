import {
  exp,
  expm1,
  log,
  log1p,
  neg,
  square,
  lgamma,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { above, below, both, choose, minus, over, plus, times, asReal } from '../arithmetic.js'
import { halfLine, positive } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { exactExp, exactLog } from '../sampling/exact.js'
import { openUniform } from '../sampling/uniform.js'
import { eulerGamma, logGammaBend } from '../special/index.js'

export interface Weibull<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Weibull'
  readonly parameters: { readonly scale: Tensor<B>; readonly concentration: Tensor<B> }
}

/**
 * The Weibull distribution with scale λ > 0 and concentration k > 0, on x ≥ 0:
 *
 *   ln p(x) = ln(k/λ) + (k − 1) ln(x/λ) − (x/λ)ᵏ
 *
 * Draws are λ(−ln u)^(1/k).
 */
export const Weibull = <const S extends Parameter, const C extends Parameter>(
  about: { readonly scale: S; readonly concentration: C } & Requires<
    Together<'Weibull: scale, concentration', [S, C]>
  >,
): Weibull<ShapeOf<Together<'Weibull: scale, concentration', [S, C]>>> => {
  const given = parameters('Weibull', {
    scale: [about.scale, positive],
    concentration: [about.concentration, positive],
  })
  const { scale, concentration } = given.values
  const k = concentration
  return distribution<Weibull<ShapeOf<Together<'Weibull: scale, concentration', [S, C]>>>>({
    ...given,
    family: 'Weibull',
    parameters: given.values,

    support: halfLine,
    reparameterized: true,
    logProb: x => {
      const isInner = both(above(x, 0), below(x, Infinity))
      const logRatio = log(over(choose(isInner, x, scale), scale))
      const inner = minus(times(minus(k, 1), logRatio), exp(times(k, logRatio)))
      // At 0: ∞ for k < 1, −ln λ for k = 1, −∞ beyond.
      const atZero = choose(above(k, 1), -Infinity, choose(below(k, 1), Infinity, 0))
      return plus(choose(isInner, inner, choose(above(x, 0), -Infinity, atZero)), log(over(k, scale)))
    },
    sample: shape => key => times(scale, exactExp(over(exactLog(neg(exactLog(openUniform(shape)(key)))), k))),
    mean: () => times(scale, exp(lgamma(plus(1, over(1, k))))),
    // Γ(1 + 2/k) − Γ(1 + 1/k)², as the square times the excess of their ratio over 1.
    variance: () => {
      const mean = times(scale, exp(lgamma(plus(1, over(1, k)))))
      return times(square(mean), expm1(logGammaBend(asReal(1), over(1, k))))
    },
    mode: () => {
      const isInner = above(k, 1)
      const safe = choose(isInner, k, 2)
      return times(scale, choose(isInner, exp(over(log1p(over(-1, safe)), safe)), 0))
    },
    entropy: () => plus(times(eulerGamma, minus(1, over(1, k))), log(over(scale, k)), 1),
    cdf: x => neg(expm1(neg(exp(times(k, log(over(x, scale))))))),
    icdf: p => times(scale, exp(over(log(neg(log1p(neg(p)))), k))),
  })
}
