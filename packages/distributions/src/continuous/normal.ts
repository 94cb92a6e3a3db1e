import {
  log,
  normal as standardNormal,
  square,
  type Draw,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import { line, positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { halfLogTwoPi, normalCdf, normalQuantile } from '../special/index.js'

export interface Normal<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Normal'
  readonly parameters: { readonly loc: Tensor<B>; readonly scale: Tensor<B> }
}

/**
 * The normal distribution Norm[μ, σ²] with loc μ and scale σ > 0, on the whole line:
 *
 *   ln p(x) = −½((x − μ)/σ)² − ln σ − ½ ln 2π
 *
 * Draws are μ + σε with ε ~ Norm[0, 1].
 */
export const Normal = <const L extends Parameter, const S extends Parameter>(
  about: { readonly loc: L; readonly scale: S } & Requires<Together<'Normal: loc, scale', [L, S]>>,
): Normal<ShapeOf<Together<'Normal: loc, scale', [L, S]>>> => {
  const given = parameters('Normal', { loc: [about.loc, real], scale: [about.scale, positive] })
  const { loc, scale } = given.values
  const standardised = (x: Real): Real => over(minus(x, loc), scale)
  return distribution<Normal<ShapeOf<Together<'Normal: loc, scale', [L, S]>>>>({
    ...given,
    family: 'Normal',
    parameters: given.values,
    support: line,
    reparameterized: true,
    logProb: x => minus(times(square(standardised(x)), -0.5), log(scale), halfLogTwoPi),
    sample:
      (shape): Draw<Real> =>
      key =>
        plus(loc, times(scale, standardNormal(shape)(key))),
    mean: () => loc,
    variance: () => square(scale),
    mode: () => loc,
    entropy: () => plus(log(scale), halfLogTwoPi + 0.5),
    cdf: x => normalCdf(standardised(x)),
    icdf: p => plus(loc, times(scale, normalQuantile(p))),
  })
}
