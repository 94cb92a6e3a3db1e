import { atan2, log, type Shape, type Tensor } from '@elbo/tensor'
import { below, choose, minus, over, plus, times, asReal, type Real } from '../arithmetic.js'
import { halfLine, positive } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactTanPi } from '../sampling/exact.js'
import { openUniform } from '../sampling/uniform.js'
import { log1pSquare } from '../special/index.js'

/** tan(πp/2), by what is missing to 1 in the upper half. */
const quantileOf = (p: Real): Real => {
  const isLower = below(p, 0.5)
  const tan = exactTanPi(times(0.5, choose(isLower, p, minus(1, p))))
  return choose(isLower, tan, over(1, tan))
}

export interface HalfCauchy<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'HalfCauchy'
  readonly parameters: { readonly scale: Tensor<B> }
}

/**
 * The half-Cauchy distribution with scale γ > 0, of |x| for a Cauchy x, on x ≥ 0:
 *
 *   ln p(x) = −ln(1 + (x/γ)²) + ln(2/πγ)
 *
 * It has neither mean nor variance. Draws are γ tan(πu/2).
 */
export const HalfCauchy = <const S extends Parameter>(about: {
  readonly scale: S
}): HalfCauchy<ShapeOfParameter<S>> => {
  const given = parameters('HalfCauchy', { scale: [about.scale, positive] })
  const { scale } = given.values

  return distribution<HalfCauchy<ShapeOfParameter<S>>>({
    ...given,
    family: 'HalfCauchy',
    parameters: given.values,

    support: halfLine,
    reparameterized: true,
    logProb: x => minus(Math.log(2 / Math.PI), log(scale), log1pSquare(over(x, scale))),
    sample: shape => key => times(scale, quantileOf(openUniform(shape)(key))),
    mode: () => asReal(0),
    entropy: () => plus(log(scale), Math.log(2 * Math.PI)),
    cdf: x => times(atan2(1)(over(x, scale)), 2 / Math.PI),
    icdf: p => times(scale, quantileOf(p)),
  })
}
