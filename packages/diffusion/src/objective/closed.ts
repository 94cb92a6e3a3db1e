import { byLevel, level, type ChainBound, type Level as LevelNumber } from '@elbo/elbo'
import type { AnyDistribution } from '@elbo/distributions'
import {
  add,
  arange,
  cast,
  exp,
  expm1,
  foldIn,
  neg,
  normal,
  scan,
  square,
  sub,
  sum,
  zeros,
  type Draw,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { minus, plus, sumLast, times, type Real } from '../arithmetic.js'
import type { Estimate } from '../process/denoiser.js'
import { lengthOf, type DiscreteProcess } from '../process/discrete.js'
import type { Level } from '../process/level.js'
import { levelTensors } from '../process/tensors.js'
import { priorScale, shareOf, type Reverse } from './reverse.js'

/**
 * KL[q(z_s | z_t, x) ‖ P(z_s | z_t)] is this times ‖x − x̂‖² where both have the posterior's variance: ½ (SNR(s) − SNR(t)) (Kingma et al. 2021, eq. 14).
 */
export const divergenceWeight = (earlier: Level, later: Level): number =>
  -0.5 * Math.exp(earlier.logSnr) * Math.expm1(later.logSnr - earlier.logSnr)

/** KL[q(z_T | x) ‖ P(z_T)] for each of the batch, in nats: no part of a model's training, but of its bound. */
export const priorDivergence =
  (process: DiscreteProcess, axes: number) =>
  (x: Real): Real => {
    const { alpha, sigma } = process.levels[lengthOf(process)]
    const scale = priorScale(process)
    const ratio = (sigma / scale) ** 2
    const spread = 0.5 * (ratio - 1 - Math.log(ratio))
    return sumLast(plus(times(square(x), 0.5 * (alpha / scale) ** 2), spread), axes)
  }

/** The logarithm of transition's over posterior's variance: ln σ_t²/σ_s². */
const logSpread = (earlier: Level, later: Level): number => 2 * Math.log(later.sigma / earlier.sigma)

/**
 * KL[q(z_{t−1} | z_t, x) ‖ P(z_{t−1} | z_t)], t = 2 … T, element by element, of what is estimated at z_t: for one t, or for one of each example, in a shape
 * that broadcasts against x.
 */
export const stepDivergences = <S extends Shape>({
  process: { levels },
  variances = 'posterior',
}: Reverse<S>) => {
  const table = (of: (earlier: Level, later: Level) => number) =>
    byLevel(levels.slice(1).map((later, i) => (i === 0 ? 1 : of(levels[i], later))))
  const weight = table(divergenceWeight)
  const most = table(logSpread)
  // e^−u − 1 + u, u the logarithm of the model's variance over the posterior's.
  const excess = table((earlier, later) => {
    const u = logSpread(earlier, later)
    return 0.5 * (Math.expm1(-u) + u)
  })
  const shrunk = table(
    (earlier, later) => divergenceWeight(earlier, later) * (earlier.sigma / later.sigma) ** 2,
  )
  return (t: Tensor<Shape, 'i32'>, x: Real, estimate: Estimate<S>): Real => {
    const error = square(minus(x, estimate.x as Real))
    if (variances === 'posterior') return times(error, weight(t))
    if (variances === 'transition') return plus(times(error, shrunk(t)), excess(t))
    const u = times(shareOf(estimate), most(t))
    return plus(times(error, exp(neg(u)), weight(t)), times(plus(expm1(neg(u)), u), 0.5))
  }
}

/** The key of z_t, as `chainBound` has it. */
const keyAt =
  (length: number, key: Key) =>
  (t: LevelNumber): Key =>
    foldIn(cast('u32')(sub(t)(level(length))))(key)

/**
 * The bound of a diffusion as a sum of the closed forms of its terms (Ho et al. 2020, eq. 5; with learned variances Nichol and Dhariwal 2021), each at a
 * z_t drawn from q(z_t | x) on its own. It is what `chainBound(encoder(process, axes)(x), { from: 'marginals' })` says of `reverse(model, …)` with the
 * same key, without a difference of two means that are almost the same. `observed` is what P(x | z₁) is
 * of, where that is not x itself: see `imageLikelihood`.
 */
export const closedBound =
  <S extends Shape, X extends AnyDistribution>(
    model: Reverse<S>,
    axes: number,
    likelihood: (estimate: Estimate<S>) => X,
  ) =>
  (x: Tensor<S>, observed: Tensor<S> = x): Draw<ChainBound<number[]>> =>
  key => {
    const { process, denoiser } = model
    const length = lengthOf(process)
    const levelAt = levelTensors(process)
    const stepAt = stepDivergences(model)
    const at = keyAt(length, foldIn(0)(key))
    const estimateAt = (t: LevelNumber): Estimate<S> => {
      const noise = levelAt(t)
      const epsilon: Real = normal(x.shape)(at(t))
      const z = plus(times(x, noise.alpha), times(epsilon, noise.sigma))
      return denoiser(z as Tensor<S>, noise)
    }
    const top = priorDivergence(process, axes)(x)
    const steps = ((): Real => {
      if (length === 1) return zeros([0, ...top.shape])
      const [, all] = scan<object, LevelNumber, Real>((nothing, t) => [
        nothing,
        sumLast(stepAt(t, x, estimateAt(t)), axes),
      ])({}, add(2)(arange(length - 1, 'i32')))
      return all
    })()
    const reconstruction = likelihood(estimateAt(level(1))).logProb(observed as never)
    const kl = plus(top, (sum(0) as (x: Real) => Real)(steps))
    return { elbo: minus(reconstruction, kl), reconstruction, kl, top, steps } as never
  }
