import {
  digamma,
  expandDims,
  lgamma,
  log,
  max,
  stopGradient,
  vjp,
  customGradient,
  exp,
  neg,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { choose, equal, minus, over, plus, spread, sumLast, times, type Real } from '../arithmetic.js'
import { positiveVector, simplexOf } from '../constraints/index.js'
import type { Rows } from '../discrete/categorical.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactExp } from '../sampling/exact.js'
import { logStandardGamma } from '../sampling/gamma.js'
import { exactSum } from '../sampling/sums.js'
import { incompleteGamma, logGammaTerm, xLogY } from '../special/index.js'

/** The last axis. */
export type LastOf<S extends Shape> = S extends readonly [...Shape, infer N extends number] ? [N] : [number]

export interface Dirichlet<B extends Shape = Shape, E extends Shape = [number]> extends Distribution<
  B,
  E,
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'entropy'
> {
  readonly family: 'Dirichlet'
  readonly parameters: { readonly concentration: Tensor<[...B, ...E]> }
}

const column = (x: Real): Real => expandDims(-1)(x)

/**
 * The Dirichlet distribution on the simplex of n numbers, concentrations αᵢ > 0 along the last axis:
 *
 *   ln p(x) = Σ (αᵢ − 1) ln xᵢ + ln Γ(Σ αᵢ) − Σ ln Γ(αᵢ)
 *
 * Draws are gamma variables over their sum, in logarithms, with implicit gradients.
 */
export const Dirichlet = <const C extends Parameter>(about: {
  readonly concentration: C
}): Dirichlet<Rows<ShapeOfParameter<C>>, LastOf<ShapeOfParameter<C>>> => {
  const given = parameters('Dirichlet', { concentration: [about.concentration, positiveVector] })
  const { concentration: alpha } = given.values
  const n = alpha.shape[alpha.shape.length - 1]
  const total = sumLast(alpha, 1)
  const share = over(alpha, column(total))
  const logNormaliser = minus(sumLast(lgamma(alpha), 1), lgamma(total))
  return distribution<Dirichlet<Rows<ShapeOfParameter<C>>, LastOf<ShapeOfParameter<C>>>>({
    ...given,
    family: 'Dirichlet',
    parameters: given.values,
    eventShape: [n],
    support: simplexOf(n),
    reparameterized: true,
    logProb: x => minus(sumLast(xLogY(minus(alpha, 1), x), 1), logNormaliser),
    sample: shape => key => {
      const a = spread(shape)(alpha)
      const logs = withImplicitGradient(logStandardGamma(stopGradient(a), shape)(key), a)
      const largest = stopGradient((max(-1, { keepDims: true }) as (x: Real) => Real)(logs))
      const weights = exactExp(minus(logs, largest))
      return over(weights, exactSum(weights))
    },
    mean: () => share,
    variance: () => over(times(share, minus(1, share)), column(plus(total, 1))),
    entropy: () =>
      minus(
        plus(logNormaliser, times(minus(total, n), digamma(total))),
        sumLast(times(minus(alpha, 1), digamma(alpha)), 1),
      ),
  })
}

/** y = ln x of a draw x of Gamma[α, 1], with ∂y/∂α = −(∂P/∂α)/(x·p(x)), which has no need of x itself where that is too small. */
const withImplicitGradient = (logs: Real, alpha: Real): Real =>
  customGradient(
    (_: Real) => stopGradient(logs),
    (g: Real, a: Real, y: Real) => {
      const isTiny = equal(choose(equal(exp(y), 0), 1, 0), 1)
      const x = choose(isTiny, 2 ** -126, exp(y))
      const [, back] = vjp((q: Real) => incompleteGamma(q, x).lower, a)
      return back(neg(over(g, exp(plus(logGammaTerm(a, x), log(a))))))
    },
  )(alpha)
