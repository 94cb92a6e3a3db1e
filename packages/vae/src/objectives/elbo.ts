import { cast, mean, mul, neg, type Tensor } from '@elbo/tensor'
import type { Schedule, Weights } from '@elbo/elbo'
import type { Vae } from '../vae.js'
import type { Objective } from './objective.js'

export interface ElboLossOptions {
  /** What the divergence is multiplied by (β-VAE, Higgins et al. 2017); 1 unless told. */
  readonly beta?: number
  /** `warmUp` or `cyclical` of `@elbo/elbo`: what β is multiplied by in each step; reported as `beta`. */
  readonly schedule?: Schedule
  /** Nats up to which the mean divergence costs nothing (Kingma et al. 2016); none unless told. */
  readonly freeBits?: number
  /** Draws of z for each example that are averaged; 1 unless told. */
  readonly draws?: number
}

/** The mean of −ELBO over a batch, with a weight of the divergence and free bits where they are asked for. */
export const elboLoss =
  ({ beta = 1, schedule, freeBits, draws = 1 }: ElboLossOptions = {}) =>
  <A>(model: Vae<A>): Objective<A> =>
  (parameters, x, key, step) => {
    const count: Tensor<readonly []> = cast('f32')(step)
    const now = schedule === undefined ? undefined : mul(beta)(schedule(count))
    const weights: Weights = now === undefined && beta === 1 ? {} : { z: now ?? beta }
    const bound = model.bound(parameters, x, {
      draws,
      weights,
      freeBits: freeBits === undefined ? {} : { z: freeBits },
    })(key)
    const isPlain = weights['z'] === undefined && freeBits === undefined
    return [
      neg(mean()(isPlain ? bound.elbo : bound.objective)),
      {
        elbo: mean()(bound.elbo),
        reconstruction: mean()(bound.reconstruction),
        kl: mean()(bound.kl),
        ...(now === undefined ? {} : { beta: now }),
      },
    ]
  }
