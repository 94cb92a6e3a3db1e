import { expandDims, floor, sqrt, stopGradient, type Shape, type Tensor } from '@elbo/tensor'
import { above, choose, plus, spread, times, type Real } from '../arithmetic.js'
import { natural, positive } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { poisson } from '../sampling/poisson.js'
import { incompleteGamma, latticeEntropy, leastReaching, logGammaTerm, type Tails } from '../special/index.js'

export interface Poisson<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'Poisson'
  readonly parameters: { readonly rate: Tensor<B> }
}

/** ln P(x) for whole x ≥ 0. */
const logMass = (x: Real, rate: Real): Real => {
  const isPositive = above(x, 0)
  return choose(isPositive, logGammaTerm(choose(isPositive, x, 1), rate), times(rate, -1))
}

/**
 * The Poisson distribution of rate λ > 0 on 0, 1, 2, …:
 *
 *   ln P(x) = x ln λ − λ − ln x!
 */
export const Poisson = <const R extends Parameter>(about: {
  readonly rate: R
}): Poisson<ShapeOfParameter<R>> => {
  const given = parameters('Poisson', { rate: [about.rate, positive] })
  const { rate } = given.values
  const tails = (x: Real): Tails => {
    const { lower, upper } = incompleteGamma(plus(x, 1), rate)
    return { lower: upper, upper: lower }
  }
  return distribution<Poisson<ShapeOfParameter<R>>>({
    ...given,
    family: 'Poisson',
    parameters: given.values,
    support: natural,
    logProb: x => logMass(x, rate),
    sample: shape => poisson(stopGradient(spread(shape)(rate)), shape),
    mean: () => rate,
    variance: () => rate,
    mode: () => floor(rate),
    entropy: () => latticeEntropy(rate, sqrt(rate), k => logMass(k, expandDims(-1)(rate))),
    cdf: x => tails(x).lower,
    // Single precision knows no p < 1 whose quantile lies more than 5.5 deviations above the mean.
    icdf: level => leastReaching(level, floor(plus(rate, times(sqrt(rate), 8), 24)), tails),
  })
}
