import {
  exp,
  expm1,
  log,
  normal as standardNormal,
  square,
  type Draw,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { above, choose, minus, over, plus, times, type Real } from '../arithmetic.js'
import { halfLine, positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { exactExp } from '../sampling/exact.js'
import { halfLogTwoPi, normalCdf, normalQuantile } from '../special/index.js'

export interface LogNormal<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'LogNormal'
  readonly parameters: { readonly loc: Tensor<B>; readonly scale: Tensor<B> }
}

/**
 * The log-normal distribution, of eˣ with x ~ Norm[μ, σ²], loc μ and scale σ > 0, on x ≥ 0:
 *
 *   ln p(x) = −½((ln x − μ)/σ)² − ln x − ln σ − ½ ln 2π
 *
 * The mean is e^(μ + σ²/2).
 */
export const LogNormal = <const L extends Parameter, const S extends Parameter>(
  about: { readonly loc: L; readonly scale: S } & Requires<Together<'LogNormal: loc, scale', [L, S]>>,
): LogNormal<ShapeOf<Together<'LogNormal: loc, scale', [L, S]>>> => {
  const given = parameters('LogNormal', { loc: [about.loc, real], scale: [about.scale, positive] })
  const { loc, scale } = given.values

  return distribution<LogNormal<ShapeOf<Together<'LogNormal: loc, scale', [L, S]>>>>({
    ...given,
    family: 'LogNormal',
    parameters: given.values,

    support: halfLine,
    reparameterized: true,
    logProb: x => {
      const isPositive = above(x, 0)
      const logX = log(choose(isPositive, x, 1))
      const z = over(minus(logX, loc), scale)
      return choose(isPositive, minus(times(square(z), -0.5), logX, log(scale), halfLogTwoPi), -Infinity)
    },
    sample:
      (shape): Draw<Real> =>
      key =>
        exactExp(plus(loc, times(scale, standardNormal(shape)(key)))),
    mean: () => exp(plus(loc, times(square(scale), 0.5))),
    variance: () => times(expm1(square(scale)), exp(plus(times(loc, 2), square(scale)))),
    mode: () => exp(minus(loc, square(scale))),
    entropy: () => plus(loc, log(scale), halfLogTwoPi + 0.5),
    cdf: x => normalCdf(over(minus(log(x), loc), scale)),
    icdf: p => exp(plus(loc, times(scale, normalQuantile(p)))),
  })
}
