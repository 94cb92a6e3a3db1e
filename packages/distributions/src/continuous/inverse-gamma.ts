import { log, square, stopGradient, type Requires, type Shape, type ShapeOf, type Tensor } from '@elbo/tensor'
import { above, below, both, choose, minus, over, plus, spread, times, type Real } from '../arithmetic.js'
import { halfLine, positive } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { standardGamma } from '../sampling/gamma.js'
import {
  halfLogTwoPi,
  implicitly,
  quantile,
  incompleteGamma,
  inverseUpperIncompleteGamma,
  logMinusDigamma,
  stirlingError,
} from '../special/index.js'
import { logStandardGammaDensity } from './gamma.js'

/** The rate is 1. */
const standard = {
  cdf: (x: Real, { alpha }: { readonly alpha: Real }): Real => incompleteGamma(alpha, over(1, x)).upper,
  logDensity: (x: Real, { alpha }: { readonly alpha: Real }): Real =>
    minus(logStandardGammaDensity(over(1, x), { alpha }), times(2, log(x))),
}

export interface InverseGamma<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'InverseGamma'
  readonly parameters: { readonly concentration: Tensor<B>; readonly rate: Tensor<B> }
}

/**
 * The inverse gamma distribution, of 1/y with y ~ Gam[α, β], concentration α > 0 and rate β > 0, on x ≥ 0:
 *
 *   ln p(x) = α ln β − (α + 1) ln x − β/x − ln Γ(α)
 *
 * The mean is ∞ for α ≤ 1, the variance for α ≤ 2. Draws are β over a standard gamma variable, with implicit gradients in α.
 */
export const InverseGamma = <const C extends Parameter, const R extends Parameter>(
  about: { readonly concentration: C; readonly rate: R } & Requires<
    Together<'InverseGamma: concentration, rate', [C, R]>
  >,
): InverseGamma<ShapeOf<Together<'InverseGamma: concentration, rate', [C, R]>>> => {
  const given = parameters('InverseGamma', {
    concentration: [about.concentration, positive],
    rate: [about.rate, positive],
  })
  const { concentration: alpha, rate } = given.values

  return distribution<InverseGamma<ShapeOf<Together<'InverseGamma: concentration, rate', [C, R]>>>>({
    ...given,
    family: 'InverseGamma',
    parameters: given.values,

    support: halfLine,
    reparameterized: true,
    logProb: x => {
      const ratio = over(rate, x)
      const isInner = both(above(ratio, 0), below(ratio, Infinity))
      const safe = choose(isInner, x, rate)
      return choose(isInner, minus(standard.logDensity(over(safe, rate), { alpha }), log(rate)), -Infinity)
    },
    sample: shape => key => {
      const a = spread(shape)(alpha)
      const y = standardGamma(stopGradient(a), shape)(key)
      return times(rate, implicitly(over(1, y), { alpha: a }, standard))
    },
    mean: () => {
      const isFinite = above(alpha, 1)
      return choose(isFinite, over(rate, minus(choose(isFinite, alpha, 2), 1)), Infinity)
    },
    variance: () => {
      const isFinite = above(alpha, 2)
      const safe = choose(isFinite, alpha, 3)
      return choose(isFinite, over(square(over(rate, minus(safe, 1))), minus(safe, 2)), Infinity)
    },
    mode: () => over(rate, plus(alpha, 1)),
    // ln Γ(α) = (α − ½) ln α − α + ½ ln 2π + Stirling's error.
    entropy: () =>
      plus(
        minus(plus(log(rate), stirlingError(alpha), halfLogTwoPi), times(1.5, log(alpha))),
        times(plus(alpha, 1), logMinusDigamma(alpha)),
      ),
    cdf: x => incompleteGamma(alpha, over(rate, x)).upper,
    icdf: p => {
      const [a, u] = [plus(alpha, times(p, 0)), plus(p, times(alpha, 0))]
      const y = inverseUpperIncompleteGamma(stopGradient(a), stopGradient(u))
      return times(rate, quantile(over(1, y), u, { alpha: a }, standard))
    },
  })
}
