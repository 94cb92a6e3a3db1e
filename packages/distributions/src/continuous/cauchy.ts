import { atan2, log, neg, type Requires, type Shape, type ShapeOf, type Tensor } from '@elbo/tensor'
import { above, below, choose, either, minus, over, plus, asReal, type Real } from '../arithmetic.js'
import { positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { located } from './located.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { exactTanPi } from '../sampling/exact.js'
import { log1pSquare } from '../special/index.js'

/** tan π(p − ½), without the cancellation of p − ½ in the tails. */
const quantileOf = (p: Real): Real => {
  const isLower = below(p, 0.25)
  const isUpper = above(p, 0.75)
  const isTail = either(isLower, isUpper)
  const steep = over(1, exactTanPi(choose(isLower, p, choose(isUpper, minus(1, p), 0.25))))
  const flat = exactTanPi(choose(isTail, 0, minus(p, 0.5)))
  return choose(isTail, choose(isLower, neg(steep), steep), flat)
}

const standard = {
  logProb: (z: Real): Real => minus(neg(log1pSquare(z)), Math.log(Math.PI)),
  // The angle of (−z, 1) keeps the lower tail.
  cdf: (z: Real): Real => over(atan2(neg(z))(asReal(1)), Math.PI),
  icdf: quantileOf,
  draw: quantileOf,
}

export interface Cauchy<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Cauchy'
  readonly parameters: { readonly loc: Tensor<B>; readonly scale: Tensor<B> }
}

/**
 * The Cauchy distribution with loc μ and scale γ > 0, on the whole line, z = (x − μ)/γ:
 *
 *   ln p(x) = −ln(1 + z²) − ln πγ
 *
 * It has neither mean nor variance. Draws are μ + γ tan π(u − ½).
 */
export const Cauchy = <const L extends Parameter, const S extends Parameter>(
  about: { readonly loc: L; readonly scale: S } & Requires<Together<'Cauchy: loc, scale', [L, S]>>,
): Cauchy<ShapeOf<Together<'Cauchy: loc, scale', [L, S]>>> => {
  const given = parameters('Cauchy', { loc: [about.loc, real], scale: [about.scale, positive] })
  const { loc, scale } = given.values

  return distribution<Cauchy<ShapeOf<Together<'Cauchy: loc, scale', [L, S]>>>>({
    ...given,
    family: 'Cauchy',
    parameters: given.values,

    ...located(loc, scale, standard),
    mode: () => loc,
    entropy: () => plus(log(scale), Math.log(4 * Math.PI)),
  })
}
