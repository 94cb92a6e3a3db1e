import {
  customGradient,
  log,
  square,
  stopGradient,
  type Draw,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import {
  above,
  below,
  choose,
  larger,
  minus,
  over,
  plus,
  spread,
  times,
  together,
  type Real,
} from '../arithmetic.js'
import { halfLine, positive } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { standardGamma } from '../sampling/gamma.js'
import {
  implicitly,
  incompleteGamma,
  inverseIncompleteGamma,
  logGammaTerm,
  logMinusDigamma,
  quantile,
  stirlingError,
  halfLogTwoPi,
} from '../special/index.js'

export interface Gamma<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Gamma'
  readonly parameters: { readonly concentration: Tensor<B>; readonly rate: Tensor<B> }
}

/** ln p(x) of Gamma[α, 1] at x > 0, so that nothing large cancels: ln(xᵅe⁻ˣ/Γ(α + 1)) + ln(α/x). */
export const logStandardGammaDensity = (x: Real, { alpha }: { readonly alpha: Real }): Real =>
  customGradient(
    (at: { readonly x: Real; readonly alpha: Real }) =>
      plus(logGammaTerm(at.alpha, at.x), log(over(at.alpha, at.x))),
    // Near 0 the slopes of the terms above cancel; these are the sums.
    (g: Real, at) => ({
      x: times(g, minus(over(minus(at.alpha, 1), at.x), 1)),
      alpha: times(g, plus(logMinusDigamma(at.alpha), log(over(at.x, at.alpha)))),
    }),
  )(together({ x, alpha }))

const standard = {
  cdf: (x: Real, { alpha }: { readonly alpha: Real }): Real => incompleteGamma(alpha, x).lower,
  logDensity: logStandardGammaDensity,
}

/** All that Gamma[α, β] has, of parameters that were checked. */
export const gammaOf = (alpha: Real, rate: Real) =>
  ({
    support: halfLine,
    reparameterized: true,
    logProb: (x: Real): Real => {
      const isPositive = above(x, 0)
      const scaled = times(choose(isPositive, x, 1), rate)
      // At 0: ∞ for α < 1, ln β for α = 1, −∞ beyond.
      const atZero = choose(above(alpha, 1), -Infinity, choose(below(alpha, 1), Infinity, log(rate)))
      return choose(isPositive, plus(logStandardGammaDensity(scaled, { alpha }), log(rate)), atZero)
    },
    sample:
      (shape: Shape): Draw<Real> =>
      key => {
        const a = spread(shape)(alpha)
        const x = implicitly(standardGamma(stopGradient(a), shape)(key), { alpha: a }, standard)
        return over(x, rate)
      },
    mean: (): Real => over(alpha, rate),
    variance: (): Real => over(alpha, square(rate)),
    mode: (): Real => over(larger(minus(alpha, 1), 0), rate),
    entropy: (): Real => {
      // ln Γ(α) = (α − ½) ln α − α + ½ ln 2π + Stirling's error.
      const largeParts = minus(plus(times(log(alpha), 0.5), stirlingError(alpha), halfLogTwoPi), log(rate))
      return plus(largeParts, times(minus(alpha, 1), logMinusDigamma(alpha)))
    },
    cdf: (x: Real): Real => incompleteGamma(alpha, times(x, rate)).lower,
    icdf: (p: Real): Real => {
      const [a, u] = [plus(alpha, times(p, 0)), plus(p, times(alpha, 0))]
      const x = inverseIncompleteGamma(stopGradient(a), stopGradient(u))
      return over(quantile(x, u, { alpha: a }, standard), rate)
    },
  }) as const

/**
 * The gamma distribution Gam[α, β] with concentration α > 0 and rate β > 0, on x ≥ 0:
 *
 *   ln p(x) = α ln β + (α − 1) ln x − βx − ln Γ(α)
 *
 * Draws by Marsaglia and Tsang's method, with implicit gradients in α.
 */
export const Gamma = <const C extends Parameter, const R extends Parameter>(
  about: { readonly concentration: C; readonly rate: R } & Requires<
    Together<'Gamma: concentration, rate', [C, R]>
  >,
): Gamma<ShapeOf<Together<'Gamma: concentration, rate', [C, R]>>> => {
  const given = parameters('Gamma', {
    concentration: [about.concentration, positive],
    rate: [about.rate, positive],
  })
  const { concentration: alpha, rate } = given.values
  return distribution<Gamma<ShapeOf<Together<'Gamma: concentration, rate', [C, R]>>>>({
    ...given,
    family: 'Gamma',
    parameters: given.values,
    ...gammaOf(alpha, rate),
  })
}
