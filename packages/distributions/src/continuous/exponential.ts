import { expm1, log, log1p, neg, square, type Shape, type Tensor } from '@elbo/tensor'
import { minus, over, times, asReal } from '../arithmetic.js'
import { halfLine, positive } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactLog } from '../sampling/exact.js'
import { openUniform } from '../sampling/uniform.js'

export interface Exponential<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Exponential'
  readonly parameters: { readonly rate: Tensor<B> }
}

/**
 * The exponential distribution with rate λ > 0, on x ≥ 0:
 *
 *   ln p(x) = ln λ − λx
 *
 * Draws are −ln u / λ with u uniform on (0, 1).
 */
export const Exponential = <const R extends Parameter>(about: {
  readonly rate: R
}): Exponential<ShapeOfParameter<R>> => {
  const given = parameters('Exponential', { rate: [about.rate, positive] })
  const { rate } = given.values

  return distribution<Exponential<ShapeOfParameter<R>>>({
    ...given,
    family: 'Exponential',
    parameters: given.values,

    support: halfLine,
    reparameterized: true,
    logProb: x => minus(log(rate), times(rate, x)),
    sample: shape => key => over(exactLog(openUniform(shape)(key)), neg(rate)),
    mean: () => over(1, rate),
    variance: () => over(1, square(rate)),
    mode: () => asReal(0),
    entropy: () => minus(1, log(rate)),
    cdf: x => neg(expm1(neg(times(rate, x)))),
    icdf: p => over(log1p(neg(p)), neg(rate)),
  })
}
