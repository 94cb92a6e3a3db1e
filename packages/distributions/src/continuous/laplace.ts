import {
  abs,
  exp,
  log,
  neg,
  square,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { below, choose, minus, plus, times, type Real } from '../arithmetic.js'
import { positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { located } from './located.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { exactLog } from '../sampling/exact.js'

/** ±ln of twice the tail that p is in. */
const quantileBy =
  (logarithm: (x: Real) => Real) =>
  (p: Real): Real => {
    const isLower = below(p, 0.5)
    const depth = logarithm(times(2, choose(isLower, p, minus(1, p))))
    return choose(isLower, depth, neg(depth))
  }

const standard = {
  logProb: (z: Real): Real => minus(neg(abs(z)), Math.LN2),
  cdf: (z: Real): Real => {
    const tail = times(0.5, exp(neg(abs(z))))
    return choose(below(z, 0), tail, minus(1, tail))
  },
  icdf: quantileBy(log),
  draw: quantileBy(exactLog),
}

export interface Laplace<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Laplace'
  readonly parameters: { readonly loc: Tensor<B>; readonly scale: Tensor<B> }
}

/**
 * The Laplace distribution with loc μ and scale b > 0, on the whole line:
 *
 *   ln p(x) = −|x − μ|/b − ln 2b
 */
export const Laplace = <const L extends Parameter, const S extends Parameter>(
  about: { readonly loc: L; readonly scale: S } & Requires<Together<'Laplace: loc, scale', [L, S]>>,
): Laplace<ShapeOf<Together<'Laplace: loc, scale', [L, S]>>> => {
  const given = parameters('Laplace', { loc: [about.loc, real], scale: [about.scale, positive] })
  const { loc, scale } = given.values

  return distribution<Laplace<ShapeOf<Together<'Laplace: loc, scale', [L, S]>>>>({
    ...given,
    family: 'Laplace',
    parameters: given.values,

    ...located(loc, scale, standard),
    mean: () => loc,
    variance: () => times(2, square(scale)),
    mode: () => loc,
    entropy: () => plus(log(scale), 1 + Math.LN2),
  })
}
