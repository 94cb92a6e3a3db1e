import {
  abs,
  exp,
  log,
  log1p,
  neg,
  square,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { below, choose, minus, over, plus, times, type Real } from '../arithmetic.js'
import { positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { located } from './located.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { exactLog } from '../sampling/exact.js'

const standard = {
  logProb: (z: Real): Real => minus(neg(abs(z)), times(2, log1p(exp(neg(abs(z)))))),
  cdf: (z: Real): Real => {
    const e = exp(neg(abs(z)))
    return over(choose(below(z, 0), e, 1), plus(1, e))
  },
  icdf: (p: Real): Real => minus(log(p), log1p(neg(p))),
  draw: (p: Real): Real => exactLog(over(p, minus(1, p))),
}

export interface Logistic<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Logistic'
  readonly parameters: { readonly loc: Tensor<B>; readonly scale: Tensor<B> }
}

/**
 * The logistic distribution with loc μ and scale s > 0, on the whole line, z = (x − μ)/s:
 *
 *   ln p(x) = −z − 2 ln(1 + e^(−z)) − ln s
 */
export const Logistic = <const L extends Parameter, const S extends Parameter>(
  about: { readonly loc: L; readonly scale: S } & Requires<Together<'Logistic: loc, scale', [L, S]>>,
): Logistic<ShapeOf<Together<'Logistic: loc, scale', [L, S]>>> => {
  const given = parameters('Logistic', { loc: [about.loc, real], scale: [about.scale, positive] })
  const { loc, scale } = given.values

  return distribution<Logistic<ShapeOf<Together<'Logistic: loc, scale', [L, S]>>>>({
    ...given,
    family: 'Logistic',
    parameters: given.values,

    ...located(loc, scale, standard),
    mean: () => loc,
    variance: () => times(square(scale), Math.PI ** 2 / 3),
    mode: () => loc,
    entropy: () => plus(log(scale), 2),
  })
}
