import type { AnyDistribution } from '@elbo/distributions'
import { eq, reshape, square, stopGradient, where, type Shape, type Tensor } from '@elbo/tensor'
import { minus, plus, sumLast, times, type Real } from '../arithmetic.js'
import type { Estimate } from '../process/denoiser.js'
import { lengthOf } from '../process/discrete.js'
import { stepDivergences } from './closed.js'
import type { LearnedEstimate, Reverse } from './reverse.js'
import type { Steps } from './steps.js'

const eachOf = (t: Steps, rank: number): Tensor<Shape, 'i32'> =>
  reshape([t.shape[0], ...Array.from({ length: rank - 1 }, () => 1)])(t)

/**
 * The term of the bound at one level of each example, in nats, [n]: at t = 1 −ln P(x | z₁), above KL[q(z_{t−1} | z_t, x) ‖ P(z_{t−1} | z_t)]. T times the
 * mean over t, and `priorDivergence`, are the negative bound.
 */
export const boundTerms =
  <S extends Shape, X extends AnyDistribution>(model: Reverse<S>, likelihood: (estimate: Estimate<S>) => X) =>
  (t: Steps, x: Tensor<S>, estimate: Estimate<S>, observed: Tensor<S> = x): Tensor<readonly [number]> => {
    const rank = x.shape.length
    const steps = sumLast(stepDivergences(model)(eachOf(t, rank), x, estimate), rank - 1)
    const lowest = times(likelihood(estimate).logProb(observed as never), -1)
    return where(lowest, steps)(eq(1)(t) as Tensor<Shape, 'bool'>) as unknown as Tensor<readonly [number]>
  }

/**
 * L_simple + λ L_vlb of each example, [n], per element of x: the first trains what is estimated, the second, with the gradient to x̂ stopped, the
 * variances alone (Nichol and Dhariwal 2021, eq. 16; λ = .001). `estimate` is what the model says at z_t, with ε as the noise of z_t.
 */
export const hybridLoss =
  <S extends Shape, X extends AnyDistribution>(
    model: Extract<Reverse<S>, { readonly variances: 'learned' }>,
    likelihood: (estimate: LearnedEstimate<S>) => X,
    share = 0.001,
  ) =>
  (
    t: Steps,
    x: Tensor<S>,
    epsilon: Tensor<S>,
    estimate: LearnedEstimate<S>,
    observed: Tensor<S> = x,
  ): Tensor<readonly [number]> => {
    const elements = x.shape.slice(1).reduce((a, b) => a * b, 1)
    const fixed: LearnedEstimate<S> = {
      x: stopGradient(estimate.x),
      epsilon: stopGradient(estimate.epsilon),
      share: estimate.share,
    }
    const error = square(minus(epsilon as Real, estimate.epsilon as Real))
    const simple = times(sumLast(error, x.shape.length - 1), 1 / elements)
    const bound = boundTerms(model, likelihood as (estimate: Estimate<S>) => X)(t, x, fixed, observed)
    const all = times(bound, (share * lengthOf(model.process)) / elements)
    return plus(simple, all) as unknown as Tensor<readonly [number]>
  }
