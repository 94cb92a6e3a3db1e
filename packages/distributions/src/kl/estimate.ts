import { mean, reshape, sampleVariance, sqrt, type Draw, type Shape, type Tensor } from '@elbo/tensor'
import { minus, over, spread, type Real } from '../arithmetic.js'
import type { Dynamic } from '../distribution.js'

/** KL(p ‖ q) from draws of p, in nats. */
export interface Estimated<B extends Shape = Shape> {
  readonly form: 'estimated'
  /** The mean of ln p(x) − ln q(x) over draws, and its standard error. */
  readonly estimate: (draws: number) => Draw<{ readonly value: Tensor<B>; readonly standardError: Tensor<B> }>
}

/** Draws of a smaller batch, their first axis before those of the larger one. */
const alignedTo = (x: Real, draws: number, missing: number): Real =>
  (reshape([draws, ...Array.from({ length: missing }, () => 1), ...x.shape.slice(1)]) as (x: Real) => Real)(x)

/**
 * KL(p ‖ q) from draws, for each of a batch that both broadcast to.
 * @throws RangeError where p has no draws, or for fewer than 2
 */
export const estimated = (p: Dynamic, q: Dynamic, batch: Shape): Estimated => {
  const { sample } = p
  if (sample === undefined)
    throw new RangeError(`kl: ${p.family} and ${q.family} have no closed form, and ${p.family} no draws`)
  return {
    form: 'estimated',
    estimate: draws => key => {
      if (!Number.isInteger(draws) || draws < 2)
        throw new RangeError(`kl: a standard error needs 2 draws at least, not ${draws}`)
      const x = alignedTo(sample([draws])(key), draws, batch.length - p.batchShape.length)
      const differences = spread([draws, ...batch])(minus(p.logProb(x), q.logProb(x)))
      return {
        value: (mean(0) as (x: Real) => Real)(differences),
        standardError: over(sqrt((sampleVariance(0) as (x: Real) => Real)(differences)), Math.sqrt(draws)),
      }
    },
  }
}
