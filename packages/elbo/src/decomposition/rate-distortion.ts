import { mean, type Shape, type Tensor } from '@elbo/tensor'
import { asReal, minus } from '../arithmetic.js'

/** A model as a code, in nats for each example, in the mean over a batch: −elbo = rate + distortion (Alemi et al. 2018). */
export interface RateDistortion {
  /** KL[q(z | x) ‖ P(z)]: what the latents cost. */
  readonly rate: Tensor<[]>
  /** −E_q[ln P(x | z)]: what x costs when the latents are known. */
  readonly distortion: Tensor<[]>
}

export const rateDistortion = ({
  kl,
  reconstruction,
}: {
  readonly kl: Tensor<Shape>
  readonly reconstruction: Tensor<Shape>
}): RateDistortion => ({
  rate: mean()(kl),
  distortion: minus(asReal(0), mean()(reconstruction)) as Tensor<[]>,
})
