import { split, sub, type Draw, type Gen, type Key } from '@elbo/tensor'
import type { Layer, Rows } from '@elbo/nn'
import { logProb, probabilities, type Bernoulli } from './bernoulli.js'
import { reparameterised, type Gaussian, type PerExample, type StandardNormal } from './gaussian.js'

export interface VaeParts<E, D, X extends number, Z extends number> {
  /** q(z | x, θ). The other parts have to fit its dimensions. */
  readonly encoder: Layer<E, Rows<X>, Gaussian<Z>>
  /** P(x | z, φ). */
  readonly decoder: Layer<D, Rows<NoInfer<Z>>, Bernoulli<NoInfer<X>>>
  /** P(z). */
  readonly prior: StandardNormal<NoInfer<Z>>
}

/** θ and φ. Paths: `encoder.…` and `decoder.…`, each followed by its network's. */
export interface VaeParameters<E, D> {
  readonly encoder: E
  readonly decoder: D
}

/** The bound and its two terms for each example, in nats: elbo = reconstruction − kl. */
export interface ElboTerms {
  readonly elbo: PerExample
  /** An estimate of E_q[ln P(x | z, φ)] from one draw of z. */
  readonly reconstruction: PerExample
  /** KL[q(z | x, θ) ‖ P(z)], exact. */
  readonly kl: PerExample
}

export interface Vae<E, D, X extends number, Z extends number> {
  readonly init: Gen<VaeParameters<E, D>>
  readonly encode: (parameters: VaeParameters<E, D>) => (x: Rows<X>) => Gaussian<Z>
  readonly decode: (parameters: VaeParameters<E, D>) => (z: Rows<Z>) => Bernoulli<X>
  /**
   * The evidence lower bound, ELBO[θ, φ] = ∫ q(z | x, θ) ln P(x | z, φ) dz − KL[q(z | x, θ) ‖ P(z)] ≤ ln P(x | φ): the divergence in closed
   * form, the integral by one reparameterised draw, so that the gradient is unbiased.
   */
  readonly elbo: (parameters: VaeParameters<E, D>, x: Rows<X>) => Draw<ElboTerms>
  /** P(x = 1) at z = the mean of q(z | x): nothing is drawn. */
  readonly reconstruct: (parameters: VaeParameters<E, D>, x: Rows<X>) => Rows<X>
  /** P(x = 1) for `count` draws of z from the prior. */
  readonly samplePrior: (parameters: VaeParameters<E, D>, count: number) => Draw<Rows<X>>
}

/**
 * A variational autoencoder (Kingma and Welling 2014):
 *
 *     vae({
 *       encoder: gaussian(mlp([784, 400, 20])),
 *       decoder: bernoulli(mlp([20, 400, 784])),
 *       prior: standardNormal(20),
 *     })
 */
export const vae = <E, D, X extends number, Z extends number>({
  encoder,
  decoder,
  prior,
}: VaeParts<E, D, X, Z>): Vae<E, D, X, Z> => ({
  init: key => {
    const [forEncoder, forDecoder, next] = split(key, 3) as readonly [Key, Key, Key]
    return [{ encoder: encoder.init(forEncoder)[0], decoder: decoder.init(forDecoder)[0] }, next]
  },
  encode: parameters => encoder.apply(parameters.encoder),
  decode: parameters => decoder.apply(parameters.decoder),
  elbo: (parameters, x) => key => {
    const q = encoder.apply(parameters.encoder)(x)
    const z = reparameterised(q)(key)
    const reconstruction = logProb(x)(decoder.apply(parameters.decoder)(z))
    const kl = prior.klFrom(q)
    return { elbo: sub(kl)(reconstruction), reconstruction, kl }
  },
  reconstruct: (parameters, x) =>
    probabilities(decoder.apply(parameters.decoder)(encoder.apply(parameters.encoder)(x).mean)),
  samplePrior: (parameters, count) => key =>
    probabilities(decoder.apply(parameters.decoder)(prior.sample(count)(key))),
})
