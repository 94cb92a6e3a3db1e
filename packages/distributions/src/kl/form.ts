import { asReal, minus, type Real } from '../arithmetic.js'
import type { Normal } from '../continuous/index.js'
import type { AnyDistribution, Dynamic } from '../distribution.js'
import { againstNormal } from './terms.js'

/**
 * KL(p ‖ q) of two distributions whose families are known, in nats, one number for each of the broadcast batch; `undefined` where these two have
 * none, see `Conditional`.
 */
export type Form = (p: Dynamic, q: Dynamic) => Real | undefined

/** The parameters of a family, from the inside. */
export type Of<P extends AnyDistribution> = { readonly [K in keyof P['parameters']]: Real }

/** A row of the table, by the parameters of both. */
export const form =
  <P extends AnyDistribution, Q extends AnyDistribution>(
    divergence: (p: Of<P>, q: Of<Q>) => Real | undefined,
  ): Form =>
  (p, q) =>
    divergence(p.parameters as Of<P>, q.parameters as Of<Q>)

/** p has mass where q has none. */
export const infinite: Form = () => asReal(Infinity)

/** From the entropy and the moments of p, against a normal q. */
export const ofMoments: Form = (p, q) => {
  const { entropy, mean, variance } = p as Required<Dynamic>
  return minus(againstNormal({ mean: mean(), variance: variance() }, q.parameters as Of<Normal>), entropy())
}
