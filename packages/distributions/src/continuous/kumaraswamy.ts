import {
  exp,
  expm1,
  log,
  log1p,
  neg,
  square,
  digamma,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import {
  above,
  atLeast,
  below,
  both,
  choose,
  larger,
  minus,
  over,
  plus,
  times,
  asReal,
  type Real,
} from '../arithmetic.js'
import { positive, unitInterval } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { exactExp, exactExpm1, exactLog } from '../sampling/exact.js'
import { openUniform } from '../sampling/uniform.js'
import { log1mExp, eulerGamma, logGammaBend, logBeta } from '../special/index.js'

export interface Kumaraswamy<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Kumaraswamy'
  readonly parameters: { readonly alpha: Tensor<B>; readonly beta: Tensor<B> }
}

/**
 * The Kumaraswamy distribution on [0, 1] with exponents a, b > 0 (`alpha`, `beta`):
 *
 *   ln p(x) = ln ab + (a − 1) ln x + (b − 1) ln(1 − xᵃ)
 *
 * Draws are (1 − u^(1/b))^(1/a).
 */
export const Kumaraswamy = <const A extends Parameter, const B extends Parameter>(
  about: { readonly alpha: A; readonly beta: B } & Requires<Together<'Kumaraswamy: alpha, beta', [A, B]>>,
): Kumaraswamy<ShapeOf<Together<'Kumaraswamy: alpha, beta', [A, B]>>> => {
  const given = parameters('Kumaraswamy', { alpha: [about.alpha, positive], beta: [about.beta, positive] })
  const { alpha, beta } = given.values

  const step = over(1, alpha)
  /** b·B(1 + 1/a, b). */
  const mean = (): Real => exp(plus(logBeta(plus(1, step), beta), log(beta)))
  return distribution<Kumaraswamy<ShapeOf<Together<'Kumaraswamy: alpha, beta', [A, B]>>>>({
    ...given,
    family: 'Kumaraswamy',
    parameters: given.values,

    support: unitInterval,
    reparameterized: true,
    logProb: x => {
      const isInner = both(above(x, 0), below(x, 1))
      const logX = log(choose(isInner, x, 0.5))
      const inner = plus(times(minus(alpha, 1), logX), times(minus(beta, 1), log1mExp(times(alpha, logX))))
      const exponent = choose(above(x, 0.5), minus(beta, 1), minus(alpha, 1))
      const end = choose(above(exponent, 0), -Infinity, choose(below(exponent, 0), Infinity, 0))
      return plus(choose(isInner, inner, end), log(alpha), log(beta))
    },
    sample: shape => key => {
      const power = exactExpm1(over(exactLog(openUniform(shape)(key)), beta))
      return exactExp(over(exactLog(larger(neg(power), 2 ** -126)), alpha))
    },
    mean,
    // E[x²] − E[x]², as the square times the excess of their ratio over 1.
    variance: () =>
      times(square(mean()), expm1(minus(logGammaBend(asReal(1), step), logGammaBend(plus(beta, 1), step)))),
    mode: () => {
      const isInner = both(atLeast(alpha, 1), both(atLeast(beta, 1), above(times(alpha, beta), 1)))
      const a = choose(isInner, alpha, 2)
      const product = choose(isInner, times(alpha, beta), 2)
      const inner = exp(over(log(over(larger(minus(a, 1), 0), minus(product, 1))), a))
      return choose(isInner, inner, choose(below(alpha, 1), 0, choose(below(beta, 1), 1, 0.5)))
    },
    entropy: () =>
      plus(
        minus(1, over(1, beta)),
        times(minus(1, step), plus(digamma(plus(beta, 1)), eulerGamma)),
        neg(plus(log(alpha), log(beta))),
      ),
    cdf: x => neg(expm1(times(beta, log1mExp(times(alpha, log(x)))))),
    icdf: p => exp(over(log1mExp(over(log1p(neg(p)), beta)), alpha)),
  })
}
