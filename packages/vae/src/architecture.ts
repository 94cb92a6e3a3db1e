import * as t from 'io-ts'
import { mlp, type LinearParameters } from '@elbo/nn'
import { bernoulli } from './bernoulli.js'
import { gaussian, standardNormal } from './gaussian.js'
import { vae, type Vae, type VaeParameters } from './vae.js'

/** What a VAE of fully connected layers is made of: plain data, kept in its checkpoints. */
export interface Architecture {
  /** Height and width of an image. */
  readonly image: readonly [height: number, width: number]
  /** Widths of the encoder's hidden layers; the decoder has them in reverse. */
  readonly hidden: readonly number[]
  /** Dimensions of z. */
  readonly latent: number
}

/** 784-400-20-400-784. */
export const fashionMnistArchitecture: Architecture = { image: [28, 28], hidden: [400], latent: 20 }

type Layers = readonly LinearParameters<number, number>[]

/** Paths: `encoder.0.weight`, `encoder.0.bias`, …, `decoder.0.weight`, … */
export type ImageVaeParameters = VaeParameters<Layers, Layers>
export type ImageVae = Vae<Layers, Layers, number, number>

const positive = t.refinement(t.number, n => Number.isSafeInteger(n) && n > 0, 'a positive integer')

export const architectureCodec = t.readonly(
  t.type({
    image: t.readonly(t.tuple([positive, positive])),
    hidden: t.readonlyArray(positive),
    latent: positive,
  }),
)

/** The model: an encoder and a decoder of linear layers with rectifiers between them, for binary pixels. */
export const imageVae = ({ image: [height, width], hidden, latent }: Architecture): ImageVae => {
  const pixels = height * width
  const encoder = mlp([pixels, ...hidden, latent])
  const decoder = mlp([latent, ...hidden.toReversed(), pixels])
  return vae({
    encoder: gaussian(encoder),
    decoder: bernoulli(decoder),
    prior: standardNormal(latent),
  })
}
