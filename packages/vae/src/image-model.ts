import { reshape, split, type Draw, type Gen, type Key, type Tensor } from '@elbo/tensor'
import type { Rows } from '@elbo/nn'
import type { Loss } from '@elbo/train'
import type { OverPixels, PixelView } from './likelihoods/likelihood.js'
import type { Objective, PerExample, VaeMetrics } from './objectives/objective.js'
import type { Gaussian } from './posteriors/gaussian.js'
import type { OverCodes } from './priors/prior.js'
import type { Labels } from './variants/conditional.js'
import type { Vae } from './vae.js'

/** The parameters of a model whose parts the compiler does not know: a tree of tensors by the names of its parts. */
export type ImageParameters = Readonly<Record<string, object>>

/** Intensities in [0, 1]: f32[batch, height, width], and where the model is one of pictures given a label, i32[batch]. */
export interface PixelInput {
  readonly images: Tensor<readonly [number, number, number], 'f32'>
  readonly labels?: Labels
}

/** The bound's terms for each picture of a batch, in nats, and the moments of q(z | x), by which a collapse is seen. */
export interface Evaluated {
  readonly elbo: PerExample
  readonly reconstruction: PerExample
  readonly kl: PerExample
  /** Absent where codes are no numbers. */
  readonly codes?: { readonly mean: Rows<number>; readonly variance: Rows<number> }
}

/** A model of pictures: what training, evaluation and drawing ask of it. */
export interface ImageModel {
  /** Of a model of pictures given a label: labels are 0 to one less. Absent where labels are not asked for. */
  readonly classes?: number
  readonly init: Gen<ImageParameters>
  /** Its loss over pictures, of a training set of so many. */
  readonly loss: (examples: number) => Loss<ImageParameters, PixelInput, VaeMetrics>
  /** The bound's terms by one draw of the codes. */
  readonly evaluate: (parameters: ImageParameters, input: PixelInput, key: Key) => Evaluated
  /** Pictures through encoder and decoder, as rows of intensities: of P(x | z) at the mean of q(z | x), x as the likelihood observes it. */
  readonly reconstruct: (parameters: ImageParameters, input: PixelInput) => Draw<Rows<number>>
  /** Pictures of P(x | z) for so many draws of z, as rows of intensities; of P(x | z, y) in equal parts of each class, unless their labels are told. */
  readonly samplePrior: (parameters: ImageParameters, count: number, labels?: Labels) => Draw<Rows<number>>
}

/** A VAE with normal codes, whose parameters the compiler does not know. */
export type GaussianVae = Vae<ImageParameters, Gaussian<number>, OverPixels<number>, OverCodes<number>>

/** A VAE as a model of pictures: what its likelihood observes of them, and what it is trained by. */
export interface ImageVae extends ImageModel {
  readonly vae: GaussianVae
  readonly pixels: PixelView
}

/** Pictures as rows of intensities. */
export const rowsOf = (images: PixelInput['images']): Rows<number> => {
  const [batch, height, width] = images.shape
  return reshape([batch, height * width])(images)
}

/** What a likelihood observes of pictures. The first half of a step's key is for pixels, the other for codes. */
export const observing =
  (pixels: PixelView) =>
  ({ images }: PixelInput, key: Key) => {
    const [forPixels, forCodes] = split(key, 2) as readonly [Key, Key]
    return { x: pixels.observe(rowsOf(images), forPixels), forCodes }
  }

/** A VAE over pixels as a model of pictures, where it may be another for each batch: `given` what stands beside the pictures. */
export const picturesOf = (
  init: ImageModel['init'],
  given: (labels: PixelInput['labels']) => GaussianVae,
  pixels: PixelView,
  objective: (examples: number) => (model: GaussianVae) => Objective<ImageParameters>,
): Omit<ImageModel, 'classes' | 'samplePrior'> => {
  const observed = observing(pixels)
  return {
    init,
    loss: examples => {
      const ofModel = objective(examples)
      return (parameters, input, key, step) => {
        const { x, forCodes } = observed(input, key)
        return ofModel(given(input.labels))(parameters, x, forCodes, step)
      }
    },
    evaluate: (parameters, input, key) => {
      const { x, forCodes } = observed(input, key)
      const vae = given(input.labels)
      const { elbo, reconstruction, kl } = vae.bound(parameters, x)(forCodes)
      const q = vae.encode(parameters)(x)
      return { elbo, reconstruction, kl, codes: { mean: q.mean(), variance: q.variance() } }
    },
    reconstruct: (parameters, input) => key => {
      const { x } = observed(input, key)
      const vae = given(input.labels)
      return pixels.picture(vae.decode(parameters)(vae.encode(parameters)(x).mean()))
    },
  }
}

/** Pictures of P(x | z) for so many draws of z. */
export const drawnPictures =
  (vae: GaussianVae, pixels: PixelView) =>
  (parameters: ImageParameters, count: number): Draw<Rows<number>> =>
  key =>
    pixels.picture(vae.decode(parameters)(vae.prior(parameters)(count).sample()(key)))

/** A VAE over pixels as a model of pictures. */
export const imageVae = (
  vae: GaussianVae,
  pixels: PixelView,
  objective: (examples: number) => (model: GaussianVae) => Objective<ImageParameters>,
): ImageVae => ({
  vae,
  pixels,
  ...picturesOf(vae.init, () => vae, pixels, objective),
  samplePrior: drawnPictures(vae, pixels),
})
