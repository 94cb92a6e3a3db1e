import { exp, log, neg, square, type Requires, type Shape, type ShapeOf, type Tensor } from '@elbo/tensor'
import { larger, plus, times, type Real } from '../arithmetic.js'
import { positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { located } from './located.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { exactLog } from '../sampling/exact.js'
import { eulerGamma } from '../special/index.js'

const standard = {
  // At −∞ the sum of both terms would be ∞ − ∞.
  logProb: (z: Real): Real => {
    const inner = larger(z, -1e30)
    return neg(plus(inner, exp(neg(inner))))
  },
  cdf: (z: Real): Real => exp(neg(exp(neg(z)))),
  icdf: (p: Real): Real => neg(log(neg(log(p)))),
  draw: (p: Real): Real => neg(exactLog(neg(exactLog(p)))),
}

export interface Gumbel<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Gumbel'
  readonly parameters: { readonly loc: Tensor<B>; readonly scale: Tensor<B> }
}

/**
 * The Gumbel distribution of maxima with loc μ and scale β > 0, on the whole line, z = (x − μ)/β:
 *
 *   ln p(x) = −z − e^(−z) − ln β
 */
export const Gumbel = <const L extends Parameter, const S extends Parameter>(
  about: { readonly loc: L; readonly scale: S } & Requires<Together<'Gumbel: loc, scale', [L, S]>>,
): Gumbel<ShapeOf<Together<'Gumbel: loc, scale', [L, S]>>> => {
  const given = parameters('Gumbel', { loc: [about.loc, real], scale: [about.scale, positive] })
  const { loc, scale } = given.values

  return distribution<Gumbel<ShapeOf<Together<'Gumbel: loc, scale', [L, S]>>>>({
    ...given,
    family: 'Gumbel',
    parameters: given.values,

    ...located(loc, scale, standard),
    mean: () => plus(loc, times(scale, eulerGamma)),
    variance: () => times(square(scale), Math.PI ** 2 / 6),
    mode: () => loc,
    entropy: () => plus(log(scale), eulerGamma + 1),
  })
}
