import { stopGradient, type Draw, type Requires, type Shape, type ShapeOf, type Tensor } from '@elbo/tensor'
import { larger, plus, smaller, spread, times, together, type Real } from '../arithmetic.js'
import { extendedReal, interval, positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { ascending, parameters, type Parameter, type Together } from '../parameters.js'
import { cutNormalDraw } from '../sampling/cut-normal.js'
import { cutMoments, cutNormal, cutQuantile, implicitly, quantile, sidesOf } from '../special/index.js'

export interface TruncatedNormal<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'TruncatedNormal'
  readonly parameters: {
    readonly loc: Tensor<B>
    readonly scale: Tensor<B>
    readonly low: Tensor<B>
    readonly high: Tensor<B>
  }
}

/**
 * The normal distribution Norm[μ, σ²] of what falls into [low, high], where low < high; low may be −∞ and high ∞:
 *
 *   ln p(x) = −½((x − μ)/σ)² − ln σ − ln ∫ exp(−½t²) dt,  t from (low − μ)/σ to (high − μ)/σ
 *
 * All is computed relative to the density at the point of the interval that is nearest to μ, and is as exact far out in a tail as about μ. Draws
 * are those of two exponential densities that are accepted by that of the normal, with implicit gradients in all four parameters.
 * @throws ParameterError `TruncatedNormal: low, high must be increasing, but is [3, 1]`
 */
export const TruncatedNormal = <
  const L extends Parameter,
  const S extends Parameter,
  const A extends Parameter,
  const Z extends Parameter,
>(
  about: { readonly loc: L; readonly scale: S; readonly low: A; readonly high: Z } & Requires<
    Together<'TruncatedNormal: loc, scale, low, high', [L, S, A, Z]>
  >,
): TruncatedNormal<ShapeOf<Together<'TruncatedNormal: loc, scale, low, high', [L, S, A, Z]>>> => {
  const given = parameters('TruncatedNormal', {
    loc: [about.loc, real],
    scale: [about.scale, positive],
    low: [about.low, extendedReal],
    high: [about.high, extendedReal],
  })
  const cut = given.values
  const fixed = {
    loc: stopGradient(cut.loc),
    scale: stopGradient(cut.scale),
    low: stopGradient(cut.low),
    high: stopGradient(cut.high),
  }
  const { nearest, rise, fall, down, up } = sidesOf(fixed)
  const within = (x: Real): Real => smaller(larger(x, fixed.low), fixed.high)
  return distribution<
    TruncatedNormal<ShapeOf<Together<'TruncatedNormal: loc, scale, low, high', [L, S, A, Z]>>>
  >({
    ...given,
    checks: [...given.checks, ...ascending('TruncatedNormal', { low: about.low, high: about.high })],
    family: 'TruncatedNormal',
    parameters: given.values,
    support: interval(cut.low, cut.high, nearest),
    reparameterized: true,
    logProb: x => cutNormal.logDensity(x, cut),
    sample:
      (shape): Draw<Real> =>
      key => {
        const own = spread(shape)
        const sides = { rise: own(rise), fall: own(fall), left: own(down(nearest)), right: own(up(nearest)) }
        const x = within(plus(nearest, times(fixed.scale, cutNormalDraw(sides, shape)(key))))
        return implicitly(x, together({ ...cut, loc: own(cut.loc) }), cutNormal)
      },
    ...cutMoments(cut),
    mode: () => sidesOf(cut).nearest,
    cdf: x => cutNormal.cdf(x, cut),
    icdf: p => {
      const { p: level, ...own } = together({ p, ...cut })
      return quantile(within(cutQuantile(stopGradient(level), fixed)), level, own, cutNormal)
    },
  })
}
