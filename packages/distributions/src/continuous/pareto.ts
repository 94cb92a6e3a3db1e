import {
  exp,
  expm1,
  log,
  log1p,
  neg,
  square,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import { above, choose, minus, over, plus, times, type Real } from '../arithmetic.js'
import { interval, positive } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { exactExp, exactLog } from '../sampling/exact.js'
import { openUniform } from '../sampling/uniform.js'

export interface Pareto<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Pareto'
  readonly parameters: { readonly scale: Tensor<B>; readonly alpha: Tensor<B> }
}

/**
 * The Pareto distribution with scale m > 0, the least value, and exponent α > 0, on x ≥ m:
 *
 *   ln p(x) = ln α − ln m − (α + 1) ln(x/m)
 *
 * The mean is ∞ for α ≤ 1, the variance for α ≤ 2. Draws are m·u^(−1/α).
 */
export const Pareto = <const S extends Parameter, const A extends Parameter>(
  about: { readonly scale: S; readonly alpha: A } & Requires<Together<'Pareto: scale, alpha', [S, A]>>,
): Pareto<ShapeOf<Together<'Pareto: scale, alpha', [S, A]>>> => {
  const given = parameters('Pareto', { scale: [about.scale, positive], alpha: [about.alpha, positive] })
  const { scale, alpha } = given.values

  /** ln(x/m) by x − m, which is exact near m. */
  const logRatio = (x: Real): Real => log1p(over(minus(x, scale), scale))
  return distribution<Pareto<ShapeOf<Together<'Pareto: scale, alpha', [S, A]>>>>({
    ...given,
    family: 'Pareto',
    parameters: given.values,

    support: interval(scale, Infinity, times(scale, 2)),
    reparameterized: true,
    logProb: x => minus(log(over(alpha, scale)), times(plus(alpha, 1), logRatio(x))),
    sample: shape => key => times(scale, exactExp(over(exactLog(openUniform(shape)(key)), neg(alpha)))),
    mean: () => {
      const isFinite = above(alpha, 1)
      const safe = choose(isFinite, alpha, 2)
      return choose(isFinite, times(scale, over(safe, minus(safe, 1))), Infinity)
    },
    variance: () => {
      const isFinite = above(alpha, 2)
      const safe = choose(isFinite, alpha, 3)
      const shape = over(safe, times(square(minus(safe, 1)), minus(safe, 2)))
      return choose(isFinite, times(square(scale), shape), Infinity)
    },
    mode: () => scale,
    entropy: () => plus(log(over(scale, alpha)), over(1, alpha), 1),
    cdf: x => neg(expm1(neg(times(alpha, logRatio(x))))),
    icdf: p => times(scale, exp(over(log1p(neg(p)), neg(alpha)))),
  })
}
