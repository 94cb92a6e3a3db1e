import { concat, oneHot, zeros, type Gen, type Tensor } from '@elbo/tensor'
import { block, layerOf, type Layer, type NoParameters, type Rows } from '@elbo/nn'
import type { OverPixels } from '../likelihoods/likelihood.js'
import type { OverCodes, Prior } from '../priors/prior.js'
import { vae, type Vae, type VaeParameters, type WidthOf } from '../vae.js'

/** A label for each example, from 0 on: i32[batch]. */
export type Labels = Tensor<readonly [number], 'i32'>

/** Paths: `label.…` and `network.…`, each followed by its layer's. */
export interface LabelledParameters<Y, P> {
  readonly label: Y
  readonly network: P
}

export interface ConditionalParts<E, D, P, Y, Q extends OverCodes<number>, L extends OverPixels<number>> {
  /** q(z | x, y) of rows of x with the label's numbers after them. */
  readonly encoder: Layer<E, Rows<number>, Q>
  /** P(x | z, y) of rows of z with the label's numbers after them. */
  readonly decoder: Layer<D, Rows<number>, L>
  /** P(z), which does not depend on y. A prior that is made of the encoder has no labels for its inputs, and throws. */
  readonly prior: Prior<P, Q, WidthOf<NoInfer<Q>>>
  /** A label as numbers: `oneHotLabels(10)`, or `embedding(10, 8)`, which encoder and decoder have one each of. */
  readonly label: Layer<Y, Labels, Rows<number>>
}

export type ConditionalParameters<E, D, P, Y> = VaeParameters<
  LabelledParameters<Y, E>,
  LabelledParameters<Y, D>,
  P
>

/** A VAE of x given a label y: a VAE for every batch of labels, all with the same parameters. */
export interface ConditionalVae<
  A,
  Q extends OverCodes<number> = OverCodes<number>,
  L extends OverPixels<number> = OverPixels<number>,
> {
  readonly init: Gen<A>
  /** The VAE of as many examples as there are labels: what bounds, objectives and draws are for is x and z of these. */
  readonly given: (labels: Labels) => Vae<A, Q, L>
}

/** A label as a row of so many numbers, all 0 but one: 1 at its place. Without parameters. */
export const oneHotLabels = <const C extends number>(classes: C): Layer<NoParameters, Labels, Rows<C>> =>
  layerOf(labels => oneHot(classes as number)(labels) as Tensor as Rows<C>)

const labelled = <Y, P, D>(
  label: Layer<Y, Labels, Rows<number>>,
  network: Layer<P, Rows<number>, D>,
  labels: Labels,
): Layer<LabelledParameters<Y, P>, Rows<number>, D> =>
  block(
    { label, network },
    parts =>
      (x: Rows<number>): D =>
        parts.network(concat(1)([x, parts.label(labels)])),
  )

/**
 * A conditional VAE (Sohn et al. 2015; M2 of Kingma et al. 2014 with all labels known): ln P(x | y) ≥ E_q[ln P(x | z, y)] − KL[q(z | x, y) ‖ P(z)].
 * The label is given to encoder and decoder, so that z has to say only what y does not.
 *
 *     const model = conditional({
 *       encoder: gaussian(mlp([784 + 10, 400, 20])),
 *       decoder: bernoulli(mlp([20 + 10, 400, 784])),
 *       prior: standardNormal(20),
 *       label: oneHotLabels(10),
 *     })
 *     model.given(labels).bound(parameters, x)(key)
 *
 * Paths: `encoder.label.…`, `encoder.network.…`, `decoder.label.…`, `decoder.network.…`, `prior.…`.
 */
export const conditional = <E, D, P, Y, Q extends OverCodes<number>, L extends OverPixels<number>>({
  encoder,
  decoder,
  prior,
  label,
}: ConditionalParts<E, D, P, Y, Q, L>): ConditionalVae<ConditionalParameters<E, D, P, Y>, Q, L> => {
  const given = (labels: Labels): Vae<ConditionalParameters<E, D, P, Y>, Q, L> =>
    vae({
      encoder: labelled(label, encoder, labels),
      decoder: labelled(label, decoder, labels),
      prior,
    })
  return { init: given(zeros([1], 'i32')).init, given }
}
