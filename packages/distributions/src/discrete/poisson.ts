import { floor, stopGradient, type Shape, type Tensor } from '@elbo/tensor'
import { above, choose, plus, spread, times } from '../arithmetic.js'
import { natural, positive } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { poisson } from '../sampling/poisson.js'
import { incompleteGamma, logGammaTerm } from '../special/index.js'

export interface Poisson<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'mean' | 'variance' | 'mode' | 'cdf'
> {
  readonly family: 'Poisson'
  readonly parameters: { readonly rate: Tensor<B> }
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
  return distribution<Poisson<ShapeOfParameter<R>>>({
    ...given,
    family: 'Poisson',
    parameters: given.values,
    support: natural,
    logProb: x => {
      const isPositive = above(x, 0)
      return choose(isPositive, logGammaTerm(choose(isPositive, x, 1), rate), times(rate, -1))
    },
    sample: shape => poisson(stopGradient(spread(shape)(rate)), shape),
    mean: () => rate,
    variance: () => rate,
    mode: () => floor(rate),
    cdf: x => incompleteGamma(plus(x, 1), rate).upper,
  })
}
