import { add, cast, floor, mul, reshape } from '@elbo/tensor'
import type { Real } from '../arithmetic.js'
import type { ExactData, Rows } from '../exact/exact-data.js'
import { lengthOf } from '../process/discrete.js'
import { fromEstimate } from '../process/prediction.js'
import type { AnyDenoisingNetwork } from '../training/architecture.js'
import { levelOfEach, type Denoising } from '../training/loss.js'

/**
 * The model with the best denoiser of data in its place: its network asks no parameters, and tells of z and the time what is exactly right at the level
 * there. `exact` is of the data in the model's units. What another model's bound has more is that model's own fault.
 */
export const optimalDenoising = ({ process, prediction }: Denoising, exact: ExactData): Denoising => {
  const length = lengthOf(process)
  const tells = fromEstimate(process.family, prediction)
  return {
    process,
    prediction,
    network: {
      classes: 0,
      init: () => ({}),
      apply:
        () =>
        ({ z, times }: { readonly z: Real; readonly times: Real }): Real => {
          const steps = cast('i32')(floor(add(0.5)(mul(length)(times))))
          const level = levelOfEach(process, reshape([z.shape[0]])(steps), 2)
          return tells(exact.denoiser(z as Rows, level) as never, level)
        },
    } as unknown as AnyDenoisingNetwork,
  }
}
