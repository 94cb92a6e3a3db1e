import { pipe } from 'fp-ts/lib/function.js'
import { draw, normal, ShapeError, sigmoid, zeros, type Tensor } from '@elbo/tensor'
import { Categorical, expand, MixtureSameFamily, type Expanded } from '@elbo/distributions'
import type { OverCodes, Prior } from './prior.js'

/** Of K pseudo-inputs of X pixels. */
export interface VampParameters<K extends number, X extends number> {
  /** Logits of the pseudo-inputs' intensities. */
  readonly inputs: Tensor<readonly [K, X], 'f32'>
}

/** A mixture of what the encoder makes of the pseudo-inputs, one for each example. */
export type Vamp<Z extends number> = Expanded<MixtureSameFamily<[], OverCodes<Z>>, [number]>

/**
 * The variational mixture of posteriors (Tomczak and Welling 2018, VAE with a VampPrior, eq. 9): P(z) = (1/K) Σ_k q(z | u_k), with K pseudo-inputs
 * u_k of `pixels` numbers that are learned. Of all priors the mean of q(z | x) over the data gives the highest bound; this one is the mean over K
 * images in their place. u = σ(logits) stays where intensities are; logits begin as draws of Norm[0, 1]. KL[q ‖ P] has no closed form: bounds take
 * ln q − ln P of their draws. Path: `inputs`.
 * @throws RangeError `vamp: inputs must be a whole number from 1, but is 0`; ShapeError, when applied, for codes of other dimensions
 */
export const vamp = <const K extends number, const X extends number, const Z extends number>(
  inputs: K,
  pixels: X,
  dimensions: Z,
): Prior<VampParameters<K, X>, OverCodes<Z>, Z, Vamp<Z>> => {
  if (!Number.isInteger(inputs) || inputs < 1)
    throw new RangeError(`vamp: inputs must be a whole number from 1, but is ${inputs}`)
  return {
    init: key => {
      const [logits, next] = draw(normal([inputs, pixels]))(key)
      return [{ inputs: logits }, next]
    },
    apply: (own, q) => {
      const components = q(sigmoid(own.inputs))
      if (components.eventShape[0] !== dimensions)
        throw new ShapeError(
          `vamp: the encoder's codes have ${components.eventShape[0]} dimensions, the prior ${dimensions}`,
        )
      const one = MixtureSameFamily({
        mixing: Categorical({ logits: zeros([inputs]) }),
        components,
      })
      return batch => pipe(one, expand([batch])) as unknown as Vamp<Z>
    },
  }
}
