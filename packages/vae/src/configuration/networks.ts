import { mlp, type Network } from '@elbo/nn'
import { convDecoder } from '../networks/convDecoder.js'
import { convEncoder } from '../networks/convEncoder.js'
import { gated } from '../networks/gated.js'
import { gruDecoder, gruEncoder } from '../networks/gru.js'
import { listOf, oneOrMore, positiveInteger, rowOf, settings, type Chosen, type Kind } from './codec.js'

/** A network whose parameters the compiler does not know. */
export type AnyNetwork = Network<object, number, number, object>

/** Height and width of a picture. */
export type Image = readonly [height: number, width: number]

/** What a network of an encoder or a decoder has to fit. */
export interface Fit {
  readonly image: Image
  readonly latent: number
}

export interface NetworkKind<S> extends Kind<S> {
  /** What a decoder is unless told, given the encoder's settings. */
  readonly mirrored: (settings: S) => S
  /** From rows of pixels to as many numbers as z has. */
  readonly encoder: (settings: S, fit: Fit) => AnyNetwork
  /** From codes to one number for each pixel. */
  readonly decoder: (settings: S, fit: Fit) => AnyNetwork
}

const kind = <S>(row: NetworkKind<S>): NetworkKind<S> => row

/** Rows of images, and of codes, flattened. */
export const networks = {
  mlp: kind({
    codec: settings({ hidden: listOf(positiveInteger) }, {}),
    mirrored: ({ hidden }) => ({ hidden: hidden.toReversed() }),
    encoder: ({ hidden }, { image: [height, width], latent }) =>
      mlp([height * width, ...hidden, latent]) as unknown as AnyNetwork,
    decoder: ({ hidden }, { image: [height, width], latent }) =>
      mlp([latent, ...hidden, height * width]) as unknown as AnyNetwork,
  }),
  gated: kind({
    codec: settings({ hidden: listOf(positiveInteger) }, {}),
    mirrored: ({ hidden }) => ({ hidden: hidden.toReversed() }),
    encoder: ({ hidden }, { image: [height, width], latent }) =>
      gated([height * width, ...hidden, latent]) as unknown as AnyNetwork,
    decoder: ({ hidden }, { image: [height, width], latent }) =>
      gated([latent, ...hidden, height * width]) as unknown as AnyNetwork,
  }),
  /** A decoder has the channels of an encoder that it mirrors: from the image on. */
  conv: kind({
    codec: settings({ channels: oneOrMore(positiveInteger), hidden: positiveInteger }, {}),
    mirrored: own => own,
    encoder: (own, { image, latent }) =>
      convEncoder({ ...own, image, outputs: latent }) as unknown as AnyNetwork,
    decoder: (own, { image, latent }) =>
      convDecoder({ ...own, image, inputs: latent }) as unknown as AnyNetwork,
  }),
  /** The rows of an image as the steps of a sequence. */
  gru: kind({
    codec: settings({ hidden: positiveInteger }, {}),
    mirrored: own => own,
    encoder: (own, { image, latent }) =>
      gruEncoder({ ...own, image, outputs: latent }) as unknown as AnyNetwork,
    decoder: (own, { image, latent }) =>
      gruDecoder({ ...own, image, inputs: latent }) as unknown as AnyNetwork,
  }),
}

export type NetworkSettings = Chosen<typeof networks>

export const networkKind = (choice: NetworkSettings): NetworkKind<NetworkSettings> => rowOf(networks, choice)
