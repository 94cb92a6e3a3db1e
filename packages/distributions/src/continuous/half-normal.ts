import {
  abs,
  log,
  neg,
  normal as standardNormal,
  square,
  erf,
  erfinv,
  type Draw,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { below, choose, minus, over, plus, times, asReal, type Real } from '../arithmetic.js'
import { halfLine, positive } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { halfLogTwoPi, normalQuantile } from '../special/index.js'

export interface HalfNormal<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'HalfNormal'
  readonly parameters: { readonly scale: Tensor<B> }
}

/**
 * The half-normal distribution with scale σ > 0, of |σε| with ε ~ Norm[0, 1], on x ≥ 0:
 *
 *   ln p(x) = −½(x/σ)² − ln σ + ½ ln(2/π)
 */
export const HalfNormal = <const S extends Parameter>(about: {
  readonly scale: S
}): HalfNormal<ShapeOfParameter<S>> => {
  const given = parameters('HalfNormal', { scale: [about.scale, positive] })
  const { scale } = given.values

  return distribution<HalfNormal<ShapeOfParameter<S>>>({
    ...given,
    family: 'HalfNormal',
    parameters: given.values,

    support: halfLine,
    reparameterized: true,
    logProb: x => minus(times(square(over(x, scale)), -0.5), log(scale), halfLogTwoPi - Math.LN2),
    sample:
      (shape): Draw<Real> =>
      key =>
        times(scale, abs(standardNormal(shape)(key))),
    mean: () => times(scale, Math.sqrt(2 / Math.PI)),
    variance: () => times(square(scale), 1 - 2 / Math.PI),
    mode: () => asReal(0),
    entropy: () => plus(log(scale), halfLogTwoPi + 0.5 - Math.LN2),
    cdf: x => erf(times(over(x, scale), Math.SQRT1_2)),
    icdf: p => {
      const isLower = below(p, 0.5)
      const upper = neg(normalQuantile(times(0.5, choose(isLower, 0.5, minus(1, p)))))
      return times(scale, choose(isLower, times(erfinv(choose(isLower, p, 0.5)), Math.SQRT2), upper))
    },
  })
}
