import type { AnyDistribution } from '@elbo/distributions'
import {
  arange,
  foldIn,
  full,
  exp,
  log,
  mod,
  neg,
  normal,
  reshape,
  square,
  stopGradient,
  uniform,
  type Draw,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { minus, over, plus, sumLast, times, type Real } from '../arithmetic.js'
import type { Estimate, LevelTensors } from '../process/denoiser.js'
import type { Family } from '../process/level.js'
import { levelsAtTimes, slopeOf, type TensorLogSnr } from '../process/log-snr.js'

/** A diffusion in continuous time, of which each example is at a time of its own: levels are [n, 1, …]. */
export interface ContinuousModel<S extends Shape> {
  readonly family: Family
  readonly logSnr: TensorLogSnr
  readonly denoiser: (z: Tensor<S>, level: LevelTensors<Shape>) => Estimate<S>
}

/** The bound in continuous time and its parts, [n], in nats: elbo = reconstruction − kl, kl = top + steps. */
export interface ContinuousBound {
  readonly elbo: Tensor<readonly [number]>
  readonly reconstruction: Tensor<readonly [number]>
  readonly kl: Tensor<readonly [number]>
  readonly top: Tensor<readonly [number]>
  /** What the infinitely many steps come to, estimated at one time for each example. */
  readonly steps: Tensor<readonly [number]>
}

/**
 * The bound of infinitely many levels (Kingma et al. 2021, eq. 11, 15 and 17):
 *
 *   ELBO = E ln P(x | z₀) − KL[q(z₁ | x) ‖ P(z₁)] − ½ E_{t ~ U[0,1]} (−λ′(t)) SNR(t) ‖x − x̂(z_t; t)‖²,  λ = ln SNR
 *
 * with z₀ at the least noise, times spread over the batch (`spreadSteps`), and each example one event. But for its ends it is the same for every λ(t). P(z₁) is
 * Norm[0, 1], or where noise explodes Norm[0, σ₁²].
 */
export const continuousBound =
  <S extends Shape, X extends AnyDistribution>(
    { family, logSnr, denoiser }: ContinuousModel<S>,
    likelihood: (estimate: Estimate<S>) => X,
  ) =>
  (x: Tensor<S>, observed: Tensor<S> = x): Draw<ContinuousBound> =>
  key => {
    const [count, ...event] = x.shape
    const columns = [count, ...event.map(() => 1)]
    const perExample = (v: Real): Real => sumLast(v, event.length)
    const levels = levelsAtTimes(family, logSnr)
    const noisy = (level: LevelTensors<Shape>, n: number): Tensor<S> => {
      const epsilon: Real = normal(x.shape)(foldIn(n)(key))
      return plus(times(x, level.alpha), times(epsilon, level.sigma)) as Tensor<S>
    }
    const offset: Real = uniform([])(foldIn(0)(key))
    const places: Real = arange(count)
    const start = plus(times(places, 1 / count), offset)
    const time: Real = reshape(columns)(mod(1)(start))
    const level = levels(time)
    const error = square(minus(x as Real, denoiser(noisy(level, 1), level).x as Real))
    const pace = times(neg(slopeOf(logSnr)(time)), exp(level.logSnr), 0.5)
    const steps = perExample(times(error, pace))

    const last = levels(full(columns, 1) as Real)
    const scale = family === 'variance-exploding' ? stopGradient(last.sigma) : full([], 1)
    const ratio = square(over(last.sigma, scale))
    const spread = times(minus(minus(ratio, log(ratio)), 1), 0.5)
    const top = perExample(plus(times(square(over(times(x as Real, last.alpha), scale)), 0.5), spread))

    const first = levels(full(columns, 0) as Real)
    const reconstruction = likelihood(denoiser(noisy(first, 2), first)).logProb(observed as never)
    const kl = plus(top, steps)
    return { elbo: minus(reconstruction, kl), reconstruction, kl, top, steps } as unknown as ContinuousBound
  }
