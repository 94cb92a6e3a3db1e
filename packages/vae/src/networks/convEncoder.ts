import { relu, reshape, ShapeError, type Tensor } from '@elbo/tensor'
import {
  block,
  conv2d,
  fanInUniform,
  followedBy,
  linear,
  sequence,
  type Conv2dParameters,
  type Images,
  type LinearOptions,
  type LinearParameters,
  type Network,
  type Rows,
} from '@elbo/nn'
import { pipe } from 'fp-ts/lib/function.js'
import { requireImage, type ImageSize } from './image.js'

/** Paths: `convolutions.0.weight`, `convolutions.0.bias`, …, `hidden.weight`, …, `output.weight`, `output.bias`. */
export interface ConvEncoderParameters<Out extends number> {
  readonly convolutions: readonly Conv2dParameters<number>[]
  readonly hidden: LinearParameters<number, number>
  readonly output: LinearParameters<number, Out>
}

export interface ConvOptions extends LinearOptions {
  readonly image: ImageSize
  /** Of each convolution of the encoder, from the image on, each of which halves height and width. The decoder has them back to front. */
  readonly channels: readonly number[]
  /** Units of the linear layer between images and rows. */
  readonly hidden: number
}

/** Height and width after each halving, rounded up; the image's own are the first. */
export const halvings = ([height, width]: ImageSize, count: number): readonly ImageSize[] =>
  Array.from({ length: count + 1 }, (_, i) => [Math.ceil(height / 2 ** i), Math.ceil(width / 2 ** i)])

/** @throws ShapeError unless there are images and channels. */
export const requireConvolutions = (name: string, { image, channels }: ConvOptions): void => {
  requireImage(name, image)
  if (channels.length === 0) throw new ShapeError(`${name}: needs the channels of one convolution at least`)
}

const layered = (
  options: ConvOptions,
  outputs: number,
  last: (options: Required<LinearOptions>) => LinearOptions = own => own,
) => {
  const { image, channels, hidden, weight = fanInUniform, bias = fanInUniform } = options
  const [height, width] = image
  const [bottomHeight, bottomWidth] = halvings(image, channels.length)[channels.length]
  const features = channels[channels.length - 1] * bottomHeight * bottomWidth
  const convolutions = channels.map((count, i) =>
    pipe(
      conv2d([1, ...channels][i], count, 3, { stride: 2, padding: 1, weight, bias }),
      followedBy(relu<readonly [number, number, number, number]>),
    ),
  )
  return block(
    {
      convolutions: sequence(...convolutions),
      hidden: linear(features, hidden, { weight, bias }),
      output: linear(hidden, outputs, last({ weight, bias })),
    },
    parts =>
      (x: Rows<number>): Rows<number> => {
        const images = reshape([-1, 1, height, width])(x) as Tensor as Images<number>
        const bottom = reshape([-1, features])(parts.convolutions(images)) as Tensor as Rows<number>
        return pipe(bottom, parts.hidden, relu, parts.output)
      },
  )
}

/**
 * A convolutional encoder of images with one channel, given as rows: for each of `channels` a convolution of 3 × 3 in steps of two, so that
 * 28 × 28 becomes 14 × 14 and then 7 × 7, a linear layer, each with `relu`, and a linear one to the outputs. `weight` and `bias` initialise
 * every layer.
 * @throws ShapeError unless there are images and channels.
 */
export const convEncoder = <const Out extends number>(
  options: ConvOptions & { readonly outputs: Out },
): Network<ConvEncoderParameters<Out>, number, Out, ConvEncoderParameters<number>> => {
  requireConvolutions('convEncoder', options)
  const [height, width] = options.image
  const network = {
    ...layered(options, options.outputs),
    inputs: height * width,
    outputs: options.outputs,
    withOutputs: (outputs: number, last?: (own: Required<LinearOptions>) => LinearOptions) =>
      layered(options, outputs, last),
  }
  return network as unknown as Network<ConvEncoderParameters<Out>, number, Out, ConvEncoderParameters<number>>
}
