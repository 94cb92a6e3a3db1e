import {
  log,
  square,
  uniform as standardUniform,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { minus, over, plus, times } from '../arithmetic.js'
import { interval, positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'

export interface Uniform<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Uniform'
  readonly parameters: { readonly low: Tensor<B>; readonly width: Tensor<B> }
}

/**
 * The uniform distribution on [low, low + width], width > 0: ln p(x) = −ln width. Draws are low + width·u with u in [0, 1) in steps of 2⁻²⁴.
 */
export const Uniform = <const L extends Parameter, const W extends Parameter>(
  about: { readonly low: L; readonly width: W } & Requires<Together<'Uniform: low, width', [L, W]>>,
): Uniform<ShapeOf<Together<'Uniform: low, width', [L, W]>>> => {
  const given = parameters('Uniform', { low: [about.low, real], width: [about.width, positive] })
  const { low, width } = given.values
  const high = plus(low, width)
  const middle = plus(low, times(width, 0.5))
  return distribution<Uniform<ShapeOf<Together<'Uniform: low, width', [L, W]>>>>({
    ...given,
    family: 'Uniform',
    parameters: given.values,
    support: interval(low, high, middle),
    reparameterized: true,
    logProb: x => minus(times(x, 0), log(width)),
    sample: shape => key => plus(low, times(width, standardUniform(shape)(key))),
    mean: () => middle,
    variance: () => over(square(width), 12),
    mode: () => middle,
    entropy: () => log(width),
    cdf: x => over(minus(x, low), width),
    icdf: p => plus(low, times(width, p)),
  })
}
