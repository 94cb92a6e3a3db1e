import { pipe } from 'fp-ts/lib/function.js'
import { mul, sigmoid, softplus, sub, sum } from '@elbo/tensor'
import type { Layer, Rows } from '@elbo/nn'
import type { PerExample } from './gaussian.js'

/** Independent truth values, one row for each example, P(x = 1) = σ(logit). Event shape [n], batch shape [batch]. */
export interface Bernoulli<N extends number> {
  readonly logits: Rows<N>
}

/** A network as a conditional distribution: its outputs are logits. The paths stay those of the network. */
export const bernoulli = <P, In extends number, Out extends number>(
  network: Layer<P, Rows<In>, Rows<Out>>,
): Layer<P, Rows<In>, Bernoulli<Out>> => ({
  init: network.init,
  apply: parameters => {
    const logits = network.apply(parameters)
    return z => ({ logits: logits(z) })
  },
})

/**
 * ln P(x) in nats, for each example: Σ x·l − ln(1 + eˡ) with l the logits, which is Σ x ln p + (1 − x) ln(1 − p) and finite for every
 * finite l. Values between 0 and 1 give the expectation of ln P over pixels of that intensity.
 */
export const logProb =
  <N extends number>(x: Rows<N>) =>
  ({ logits }: Bernoulli<N>): PerExample =>
    pipe(x, mul(logits), sub(softplus(logits)), sum(1))

/** P(x = 1). */
export const probabilities = <N extends number>({ logits }: Bernoulli<N>): Rows<N> => sigmoid(logits)
