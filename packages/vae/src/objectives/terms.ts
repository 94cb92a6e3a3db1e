import { sub, type Key } from '@elbo/tensor'
import { kl, type AnyDistribution } from '@elbo/distributions'
import type { Rows } from '@elbo/nn'
import type { OverPixels } from '../likelihoods/likelihood.js'
import type { OverCodes, OverRows } from '../priors/prior.js'
import type { Vae } from '../vae.js'
import type { PerExample } from './objective.js'

/** ln p of each row, in nats. */
export const logProb =
  (x: Rows<number>) =>
  (d: OverRows<number>): PerExample =>
    (d.logProb as (x: Rows<number>) => PerExample)(x)

/** KL[q ‖ P] in nats for each example: exactly where there is a closed form, else as ln q − ln P of the draw z. */
const divergence = (q: OverCodes<number>, p: OverCodes<number>, z: Rows<number>): PerExample => {
  const found = kl(q as AnyDistribution, p as AnyDistribution)
  return found.form === 'closed' ? (found.value as PerExample) : sub(logProb(z)(p))(logProb(z)(q))
}

/** The bound's terms of one draw, with what they were made of, for losses that need the codes themselves. */
export const drawnTerms = <A, Q extends OverCodes<number>>(
  model: Vae<A, Q, OverPixels<number>, OverCodes<number>>,
  parameters: A,
  x: Rows<number>,
  key: Key,
) => {
  const q = model.encode(parameters)(x)
  const p = model.prior(parameters)(x.shape[0])
  const z: Rows<number> = q.sample()(key)
  const reconstruction = logProb(x)(model.decode(parameters)(z))
  const divergences = divergence(q, p, z)
  return { q, p, z, reconstruction, kl: divergences, elbo: sub(divergences)(reconstruction) }
}
