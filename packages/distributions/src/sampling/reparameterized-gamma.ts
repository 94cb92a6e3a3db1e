import { customGradient, exp, log, neg, stopGradient, vjp, type Draw, type Shape } from '@elbo/tensor'
import { choose, equal, over, plus, spread, type Real } from '../arithmetic.js'
import { incompleteGamma } from '../special/incomplete-gamma.js'
import { logGammaTerm } from '../special/stirling.js'
import { logStandardGamma } from './gamma.js'

/** y = ln x of a draw x of Gamma[α, 1], with ∂y/∂α = −(∂P/∂α)/(x·p(x)), which has no need of x itself where that is too small. */
export const withImplicitGradient = (logs: Real, alpha: Real): Real =>
  customGradient(
    (_: Real) => stopGradient(logs),
    (g: Real, a: Real, y: Real) => {
      const isTiny = equal(choose(equal(exp(y), 0), 1, 0), 1)
      const x = choose(isTiny, 2 ** -126, exp(y))
      const [, back] = vjp((q: Real) => incompleteGamma(q, x).lower, a)
      return back(neg(over(g, exp(plus(logGammaTerm(a, x), log(a))))))
    },
  )(alpha)

/** ln of draws of Gamma[α, 1], with implicit gradients in α, which is spread to `shape`. */
export const reparameterizedLogGamma =
  (alpha: Real, shape: Shape): Draw<Real> =>
  key => {
    const a = spread(shape)(alpha)
    return withImplicitGradient(logStandardGamma(stopGradient(a), shape)(key), a)
  }
