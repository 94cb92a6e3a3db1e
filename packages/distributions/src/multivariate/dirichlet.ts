import { expandDims, log, max, stopGradient, type Shape, type Tensor } from '@elbo/tensor'
import { choose, equal, minus, over, plus, sumLast, times, type Real } from '../arithmetic.js'
import { positiveVector, simplexOf } from '../constraints/index.js'
import type { Rows } from '../discrete/categorical.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactExp } from '../sampling/exact.js'
import { reparameterizedLogGamma } from '../sampling/reparameterized-gamma.js'
import { exactSum } from '../sampling/sums.js'
import { deviance, halfLogTwoPi, logMinusDigamma, stirlingError, xLogY } from '../special/index.js'

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
  const errors = minus(sumLast(stirlingError(alpha), 1), stirlingError(total))
  const logRoots = times(minus(sumLast(log(share), 1), times(log(total), 1 - n)), 0.5)
  return distribution<Dirichlet<Rows<ShapeOfParameter<C>>, LastOf<ShapeOfParameter<C>>>>({
    ...given,
    family: 'Dirichlet',
    parameters: given.values,
    eventShape: [n],
    support: simplexOf(n),
    reparameterized: true,
    // Γ by Stirling's formula, whose powers meet those of x in deviances.
    logProb: x => {
      const isZero = equal(x, 0)
      const inner = choose(isZero, share, x)
      const own = plus(deviance(alpha, times(inner, column(total))), log(inner))
      const atZero = plus(xLogY(minus(alpha, 1), x), minus(alpha, times(alpha, log(share))))
      return minus(
        plus(sumLast(choose(isZero, atZero, times(own, -1)), 1), logRoots),
        errors,
        (n - 1) * halfLogTwoPi,
      )
    },
    sample: shape => key => {
      const logs = reparameterizedLogGamma(alpha, shape)(key)
      const largest = stopGradient((max(-1, { keepDims: true }) as (x: Real) => Real)(logs))
      const weights = exactExp(minus(logs, largest))
      return over(weights, exactSum(weights))
    },
    mean: () => share,
    variance: () => over(times(share, minus(1, share)), column(plus(total, 1))),
    entropy: () =>
      plus(
        logRoots,
        times(log(total), 1 - n),
        errors,
        (n - 1) * halfLogTwoPi,
        sumLast(times(minus(alpha, 1), logMinusDigamma(alpha)), 1),
        times(minus(n, total), logMinusDigamma(total)),
      ),
  })
}
