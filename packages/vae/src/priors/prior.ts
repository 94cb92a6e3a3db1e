import type { Draw, Gen } from '@elbo/tensor'
import type { AnyDistribution } from '@elbo/distributions'
import type { Rows } from '@elbo/nn'

/** A distribution over rows of N numbers, one for each example: batch shape [batch], event shape [N]. */
export interface OverRows<N extends number> extends AnyDistribution {
  readonly batchShape: readonly [batch: number]
  readonly eventShape: readonly [N]
  readonly dtype: 'f32'
}

/** What codes z are drawn from: one row of N numbers for each example. */
export interface OverCodes<N extends number> extends OverRows<N> {
  readonly sample: () => Draw<Rows<N>>
}

/**
 * P(z) as a value: parameters of its own, and a distribution over codes. `q` is the encoder with its parameters in place, for priors that are
 * made of it. Most priors have no use for it.
 */
export interface Prior<P, Q, Z extends number = number, D extends OverCodes<Z> = OverCodes<Z>> {
  readonly init: Gen<P>
  readonly apply: (own: P, q: (x: Rows<number>) => Q) => (batch: number) => D
}
