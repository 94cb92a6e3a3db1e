import { neg, square, type Shape, type Tensor } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import type { Estimate, LevelTensors } from './denoiser.js'
import type { Family } from './level.js'

/**
 * What a network says of z = α x + σ ε:
 *
 *   epsilon    ε                                                                     (Ho et al. 2020)
 *   x          x
 *   v          α ε − σ x                                                             (Salimans and Ho 2022, appendix D)
 *   score      ∇ ln q(z) = −ε/σ in the mean                                          (Song et al. 2021)
 *   velocity   α′ x + σ′ ε, where z moves as the noise grows at the pace of `ratesOf`  (Lipman et al. 2023)
 */
export type Prediction = 'epsilon' | 'x' | 'v' | 'score' | 'velocity'

export const predictions = ['epsilon', 'x', 'v', 'score', 'velocity'] as const satisfies readonly Prediction[]

/** α′ and σ′: how signal and noise change. */
export interface Rates {
  readonly alpha: Real
  readonly sigma: Real
}

/** The part of a level that conversions read. */
type Share = Pick<LevelTensors<Shape>, 'alpha' | 'sigma'>

/**
 * α′ and σ′ of a family along a parameter of its own, by which a velocity is the same however the levels lie in time, and which determines x and ε at
 * every level, the ends too:
 *
 *   variance-preserving       the angle φ, α = cos φ, σ = sin φ: velocity is v
 *   sub-variance-preserving   1 − α: σ′ = 2α
 *   variance-exploding        σ: velocity is ε
 *   rectified-flow            σ, which is the time: velocity is ε − x
 */
export const ratesOf: Readonly<Record<Family, (level: Share) => Rates>> = {
  'variance-preserving': ({ alpha, sigma }) => ({ alpha: neg(sigma), sigma: alpha }),
  'sub-variance-preserving': ({ alpha }) => ({ alpha: constantLike(alpha, -1), sigma: times(alpha, 2) }),
  'variance-exploding': ({ alpha }) => ({ alpha: constantLike(alpha, 0), sigma: constantLike(alpha, 1) }),
  'rectified-flow': ({ alpha }) => ({ alpha: constantLike(alpha, -1), sigma: constantLike(alpha, 1) }),
}

const constantLike = (x: Real, value: number): Real => plus(times(x, 0), value)

type Pair = Estimate<Shape>

const fromX = (z: Real, { alpha, sigma }: Share, x: Real): Pair => ({
  x,
  epsilon: over(minus(z, times(alpha, x)), sigma),
})

const fromEpsilon = (z: Real, { alpha, sigma }: Share, epsilon: Real): Pair => ({
  x: over(minus(z, times(sigma, epsilon)), alpha),
  epsilon,
})

/** z = αx + σε and u = α′x + σ′ε, solved for x and ε. */
const fromRate = (z: Real, { alpha, sigma }: Share, rates: Rates, u: Real): Pair => {
  const determinant = minus(times(alpha, rates.sigma), times(sigma, rates.alpha))
  return {
    x: over(minus(times(rates.sigma, z), times(sigma, u)), determinant),
    epsilon: over(minus(times(alpha, u), times(rates.alpha, z)), determinant),
  }
}

type ToPair = (family: Family) => (z: Real, level: Share, output: Real) => Pair

const toPair: Readonly<Record<Prediction, ToPair>> = {
  epsilon: () => fromEpsilon,
  x: () => fromX,
  v: () => (z, level, v) => fromRate(z, level, { alpha: neg(level.sigma), sigma: level.alpha }, v),
  score: () => (z, level, score) => ({
    x: over(plus(z, times(square(level.sigma), score)), level.alpha),
    epsilon: neg(times(level.sigma, score)),
  }),
  velocity: family => (z, level, u) => fromRate(z, level, ratesOf[family](level), u),
}

type OfPair = (family: Family) => (estimate: Pair, level: Share) => Real

const ofPair: Readonly<Record<Prediction, OfPair>> = {
  epsilon:
    () =>
    ({ epsilon }) =>
      epsilon,
  x:
    () =>
    ({ x }) =>
      x,
  v:
    () =>
    ({ x, epsilon }, { alpha, sigma }) =>
      minus(times(alpha, epsilon), times(sigma, x)),
  score:
    () =>
    ({ epsilon }, { sigma }) =>
      neg(over(epsilon, sigma)),
  velocity:
    family =>
    ({ x, epsilon }, level) => {
      const rates = ratesOf[family](level)
      return plus(times(rates.alpha, x), times(rates.sigma, epsilon))
    },
}

/**
 * x and ε from what a network says of z: `toEstimate(family, prediction)(z, level, output)`; level may hold one number or one for each example. Of
 * outputs that do not determine both, the other is not finite: x from ε or from the score where α = 0, and ε from x where σ = 0. v and velocity
 * determine both at every level: with them a process may end without any signal.
 */
export const toEstimate =
  (family: Family, prediction: Prediction) =>
  <S extends Shape>(z: Tensor<S>, level: LevelTensors<Shape>, output: Tensor<S>): Estimate<S> =>
    toPair[prediction](family)(z, level, output) as Estimate<S>

/** What a network should have said: of x and ε, the prediction. The score is not finite where σ = 0. */
export const fromEstimate =
  (family: Family, prediction: Prediction) =>
  <S extends Shape>(estimate: Estimate<S>, level: LevelTensors<Shape>): Tensor<S> =>
    ofPair[prediction](family)(estimate, level) as Tensor<S>
