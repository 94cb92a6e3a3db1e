import { gt, minimum, mod, stopGradient, type Tensor } from '@elbo/tensor'
import { asReal, choose, meanOver, over, plus, shaped, times, type Real } from '../arithmetic.js'

/** By site: what its term is multiplied by in the objective. β-VAE (Higgins et al. 2017) is `{ z: β }`. */
export type Weights = Readonly<Record<string, number | Tensor<readonly []>>>

/** By latent site: nats up to which its divergence costs nothing. */
export type FreeBits = Readonly<Record<string, number>>

/** A number that changes as training goes on, as a function of the step. */
export type Schedule = (step: Tensor<readonly []>) => Tensor<[]>

/**
 * KL warm-up (Bowman et al. 2016; Sønderby et al. 2016): rises from `from` to `to` in a straight line over `steps` steps, and stays.
 * @throws RangeError unless there are steps.
 */
export const warmUp = ({
  steps,
  from = 0,
  to = 1,
}: {
  readonly steps: number
  readonly from?: number
  readonly to?: number
}): Schedule => {
  if (!(steps > 0)) throw new RangeError(`warmUp: ${steps} steps: the number is positive`)
  return step => plus(times(minimum(1)(over(step, steps) as Tensor<[]>), to - from), from) as Tensor<[]>
}

/**
 * Warm-up again and again (Fu et al. 2019): within each `period` steps, a rise from 0 to 1 over the first `share` of them, and 1 for the rest.
 * @throws RangeError unless 0 < share ≤ 1 and there are steps in a period.
 */
export const cyclical = ({
  period,
  share = 0.5,
}: {
  readonly period: number
  readonly share?: number
}): Schedule => {
  if (!(period > 0 && share > 0 && share <= 1))
    throw new RangeError(
      `cyclical: a period of ${period} steps and a share of ${share}: there is no such rise`,
    )
  return step => {
    const within = mod(period)(step)
    return minimum(1)(over(within, period * share) as Tensor<[]>)
  }
}

/**
 * Free bits (Kingma et al. 2016): λ in place of a divergence whose expected mean over the batch is at most λ. The mean over the batch is
 * max(λ, mean KL), as there, and linear in the divergences where they count.
 */
export const freed = (divergence: Real, expected: Real, bits: number): Real => {
  const mean = stopGradient(meanOver(0, shaped([-1], expected)))
  return choose(gt(bits)(mean), divergence, asReal(bits))
}
