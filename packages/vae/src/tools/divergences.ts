import type { Tensor } from '@elbo/tensor'
import { kl, type AnyDistribution } from '@elbo/distributions'
import type { OverCodes } from '../priors/prior.js'

/** The distribution of a code's coordinates, where it says that they are independent: batch shape [batch, Z]. */
const coordinatesOf = ({ family, parameters }: OverCodes<number>): AnyDistribution | undefined => {
  const { base, axes } = parameters as { readonly base: AnyDistribution; readonly axes: unknown }
  return family === 'Independent' && axes === 1 && base.eventShape.length === 0 ? base : undefined
}

/** KL[q(z_d | x) ‖ P(z_d)] of each coordinate in nats, [batch, Z], where the coordinates of both are independent and there is a closed form. */
export const dimensionDivergences = (
  q: OverCodes<number>,
  p: OverCodes<number>,
): Tensor<readonly [number, number], 'f32'> | undefined => {
  const [own, prior] = [coordinatesOf(q), coordinatesOf(p)]
  if (own === undefined || prior === undefined) return undefined
  const found = kl(own, prior as never) as { readonly form: string; readonly value?: unknown }
  return found.form === 'closed' ? (found.value as Tensor<readonly [number, number], 'f32'>) : undefined
}
