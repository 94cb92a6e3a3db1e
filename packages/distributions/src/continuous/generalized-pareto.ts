import {
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
import {
  below,
  both,
  choose,
  equal,
  larger,
  minus,
  over,
  plus,
  smaller,
  times,
  type Real,
} from '../arithmetic.js'
import { interval, positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { exactExpm1, exactLog } from '../sampling/exact.js'
import { openUniform } from '../sampling/uniform.js'
import { log1pOver, expm1Over } from '../special/index.js'

export interface GeneralizedPareto<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'GeneralizedPareto'
  readonly parameters: {
    readonly loc: Tensor<B>
    readonly scale: Tensor<B>
    readonly concentration: Tensor<B>
  }
}

/**
 * The generalised Pareto distribution with loc μ, scale σ > 0 and concentration ξ, on x ≥ μ, and up to μ − σ/ξ where ξ < 0; z = (x − μ)/σ:
 *
 *   ln p(x) = −(1 + 1/ξ) ln(1 + ξz) − ln σ,   −z − ln σ for ξ = 0
 *
 * The mean is ∞ for ξ ≥ 1, the variance for ξ ≥ ½. Draws are μ + σ(u^(−ξ) − 1)/ξ.
 */
export const GeneralizedPareto = <
  const L extends Parameter,
  const S extends Parameter,
  const C extends Parameter,
>(
  about: { readonly loc: L; readonly scale: S; readonly concentration: C } & Requires<
    Together<'GeneralizedPareto: loc, scale, concentration', [L, S, C]>
  >,
): GeneralizedPareto<ShapeOf<Together<'GeneralizedPareto: loc, scale, concentration', [L, S, C]>>> => {
  const given = parameters('GeneralizedPareto', {
    loc: [about.loc, real],
    scale: [about.scale, positive],
    concentration: [about.concentration, real],
  })
  const { loc, scale, concentration } = given.values

  const xi = concentration
  const isBounded = below(xi, 0)
  const high = choose(isBounded, minus(loc, over(scale, choose(isBounded, xi, -1))), Infinity)
  const placed = (z: Real): Real => plus(loc, times(scale, z))
  /** −ln P(X > x) = ln(1 + ξz)/ξ; the end of the support may be rounded to beyond it. */
  const depth = (x: Real): Real => {
    const z = over(minus(x, loc), scale)
    return log1pOver(
      xi,
      choose(both(isBounded, below(times(xi, z), -1)), over(-1, choose(isBounded, xi, -1)), z),
    )
  }
  return distribution<
    GeneralizedPareto<ShapeOf<Together<'GeneralizedPareto: loc, scale, concentration', [L, S, C]>>>
  >({
    ...given,
    family: 'GeneralizedPareto',
    parameters: given.values,

    support: interval(loc, high, plus(loc, times(scale, over(1, plus(2, larger(neg(xi), 0)))))),
    reparameterized: true,
    logProb: x => {
      const isFlat = equal(xi, -1)
      const t = depth(choose(isFlat, loc, x))
      return neg(plus(times(plus(xi, 1), t), log(scale)))
    },
    sample: shape => key =>
      smaller(placed(expm1Over(xi, neg(exactLog(openUniform(shape)(key))), exactExpm1)), high),
    mean: () => {
      const isFinite = below(xi, 1)
      return choose(isFinite, plus(loc, over(scale, minus(1, choose(isFinite, xi, 0)))), Infinity)
    },
    variance: () => {
      const isFinite = below(xi, 0.5)
      const safe = choose(isFinite, xi, 0)
      const spreading = over(square(over(scale, minus(1, safe))), minus(1, times(safe, 2)))
      return choose(isFinite, spreading, Infinity)
    },
    mode: () => choose(below(xi, -1), high, loc),
    entropy: () => plus(log(scale), xi, 1),
    cdf: x => neg(expm1(neg(depth(x)))),
    icdf: p => placed(expm1Over(xi, neg(log1p(neg(p))))),
  })
}
