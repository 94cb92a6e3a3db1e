import { byLevel, gaussianEncoder, level, type Chain, type Level } from '@elbo/elbo'
import { Normal, toEvent, type AnyDistribution, type Independent } from '@elbo/distributions'
import { exp, full, log, type Shape, type Tensor } from '@elbo/tensor'
import { plus, times, type Real } from '../arithmetic.js'
import type { Estimate, LevelTensors } from '../process/denoiser.js'
import { lengthOf, type DiscreteProcess } from '../process/discrete.js'
import { posterior, transition } from '../process/kernel.js'
import { levelTensors } from '../process/tensors.js'

/** A denoiser that also says the variance of each step down: see `Variances`. */
export interface LearnedEstimate<S extends Shape> extends Estimate<S> {
  /** 0: the posterior's variance, 1: the transition's; in between, between their logarithms. */
  readonly share: Tensor<S>
}

export type LearnedDenoiser<S extends Shape> = (z: Tensor<S>, level: LevelTensors) => LearnedEstimate<S>

/**
 * The variance of P(z_{t−1} | z_t):
 *
 *   posterior    that of q(z_{t−1} | z_t, x), right for data that are one point      (Ho et al. 2020, section 3.2: β̃)
 *   transition   that of q(z_t | z_{t−1}), right for data with the noise's law        (the same: β)
 *   learned      exp(v ln β + (1 − v) ln β̃), v said by the denoiser                  (Nichol and Dhariwal 2021, eq. 15)
 */
export type Variances = 'posterior' | 'transition' | 'learned'

/** A diffusion as a hierarchical model: its levels, and what is known of x at each. */
export type Reverse<S extends Shape> =
  | {
      readonly process: DiscreteProcess
      readonly denoiser: (z: Tensor<S>, level: LevelTensors) => Estimate<S>
      readonly variances?: 'posterior' | 'transition'
    }
  | {
      readonly process: DiscreteProcess
      readonly denoiser: LearnedDenoiser<S>
      readonly variances: 'learned'
    }

/** The standard deviation of P(z_T): 1, but where noise explodes σ_T, since z_T has no end in common there. */
export const priorScale = ({ family, levels }: DiscreteProcess): number =>
  family === 'variance-exploding' ? levels[levels.length - 1].sigma : 1

/** q of a process: the encoder that is fixed. `encoder(process, axes)(x)`: the last `axes` axes of x are one event. */
export const encoder = <const N extends number>({ levels }: DiscreteProcess, axes: N) => {
  const steps = levels.slice(1).map((to, i) => transition(levels[i], to))
  return gaussianEncoder(
    { scales: steps.map(({ scale }) => scale), variances: steps.map(({ variance }) => variance) },
    axes,
  )
}

/** The coefficients of steps from t to t − 1, for t = 2 … T. The entry of t = 1 is not read: z₀ is x. */
const stepsOf = ({ levels }: DiscreteProcess) => {
  const of = (f: (earlier: number) => number) => byLevel(levels.slice(1).map((_, i) => (i === 0 ? 1 : f(i))))
  const at = (i: number) => posterior(levels[i], levels[i + 1])
  return {
    ofZ: of(i => at(i).ofZ),
    ofX: of(i => at(i).ofX),
    posterior: of(i => Math.sqrt(at(i).variance)),
    transition: of(i => Math.sqrt(transition(levels[i], levels[i + 1]).variance)),
    ratio: of(i => 0.5 * Math.log(transition(levels[i], levels[i + 1]).variance / at(i).variance)),
  }
}

/** What a denoiser with learned variances says of them: `Reverse` knows that it does. */
export const shareOf = <S extends Shape>(estimate: Estimate<S>): Real =>
  (estimate as LearnedEstimate<S>).share

/**
 * P(z_{t−1} | z_t) = Norm[ofZ·z_t + ofX·x̂(z_t), …]: the posterior of the process, with what is estimated in the place of x (Ho et al. 2020, eq. 7 and
 * 11). `reverse(model, axes, likelihood)(shape)` is a chain for every bound of @elbo/elbo; `likelihood` is P(x | z₁), of what is estimated at z₁.
 */
export const reverse =
  <S extends Shape, const N extends number, X extends AnyDistribution>(
    model: Reverse<S>,
    axes: N,
    likelihood: (estimate: Estimate<S>) => X,
  ) =>
  (shape: S): Chain<Independent<Normal<[...S]>, N>, Independent<Normal<[...S]>, N>, X> => {
    const { process, variances = 'posterior' } = model
    const length = lengthOf(process)
    const [levelAt, steps] = [levelTensors(process), stepsOf(process)]
    const normal = (loc: Real, scale: Real) =>
      toEvent(axes)(Normal({ loc, scale })) as unknown as Independent<Normal<[...S]>, N>
    const latents = {
      length,
      top: normal(full(shape, 0), full([], priorScale(process))),
      next: (t: Level, z: Real) => {
        const estimate = model.denoiser(z as Tensor<S>, levelAt(t))
        return normal(
          plus(times(z, steps.ofZ(t)), times(estimate.x, steps.ofX(t))),
          variances === 'learned'
            ? exp(plus(log(steps.posterior(t)), times(shareOf(estimate), steps.ratio(t))))
            : steps[variances](t),
        )
      },
    }
    return {
      latents,
      likelihood: (z: Real) => likelihood(model.denoiser(z as Tensor<S>, levelAt(level(1)))),
    }
  }
