import { pipe } from 'fp-ts/lib/function.js'
import { relu, reshape, slice, transpose, type Shape, type Tensor } from '@elbo/tensor'
import {
  block,
  conv2d,
  conv2dTranspose,
  fanInUniform,
  linear,
  sequence,
  upsample,
  type Conv2dParameters,
  type Conv2dTransposeParameters,
  type Images,
  type Layer,
  type LinearOptions,
  type LinearParameters,
  type Network,
  type Rows,
} from '@elbo/nn'
import { halvings, requireConvolutions, type ConvOptions } from './convEncoder.js'
import { perPixel, type ImageSize } from './image.js'
import { shared } from './shared.js'

/** Paths: `hidden.weight`, …, `bottom.weight`, …, `convolutions.0.weight`, …, `output.weight`, `output.bias`. */
export interface ConvDecoderParameters<In extends number> {
  readonly hidden: LinearParameters<In, number>
  readonly bottom: LinearParameters<number, number>
  readonly convolutions: readonly Conv2dParameters<number>[]
  readonly output: Conv2dTransposeParameters<number, number>
}

type AnyImages = Images<number>

/** Without the last row or column where what was halved was odd. */
const cropped =
  ([height, width]: ImageSize) =>
  (x: AnyImages): AnyImages =>
    x.shape[2] === height && x.shape[3] === width
      ? x
      : (slice(null, null, [0, height], [0, width])(x) as Tensor as AnyImages)

/** What a transposed convolution of 4 × 4 in steps of two reads for each pixel: four numbers of each channel, not sixteen. */
const kernel = 4
const read = 4

/** The last layer: images twice as large, `each` numbers for each pixel. */
const toPixels = (
  channels: number,
  each: number,
  { weight, bias }: Required<LinearOptions>,
): Layer<Conv2dTransposeParameters<number, number>, AnyImages, AnyImages> => {
  const fan = { in: channels * read, out: each * read }
  return conv2dTranspose(channels, each, kernel, {
    stride: 2,
    padding: 1,
    weight: () => weight(fan),
    bias: () => bias(fan),
  })
}

/** Images twice as large by nearest neighbours, of a size, then a convolution and `relu`. Paths: the convolution's. */
const enlarged = (
  inputs: number,
  outputs: number,
  size: ImageSize,
  options: LinearOptions,
): Layer<Conv2dParameters<number>, AnyImages, AnyImages> => {
  const convolution = conv2d(inputs, outputs, 3, { padding: 'same', ...options })
  const twice = upsample<number>(2).apply({})
  return {
    init: convolution.init,
    apply: parameters => {
      const convolve = convolution.apply(parameters)
      return x => pipe(x, twice, cropped(size), convolve, relu)
    },
  }
}

/** [channels · 4 · 4, each] as the kernel of a transposed convolution, [channels, each, 4, 4]. */
const asKernel =
  (channels: number) =>
  (weight: Tensor<Shape, 'f32'>): Tensor<Shape, 'f32'> =>
    pipe(weight, reshape([channels, kernel, kernel, -1]), transpose([0, 3, 1, 2]))

const layered = (
  inputs: number,
  options: ConvOptions,
  outputs: number,
  last?: (options: Required<LinearOptions>) => LinearOptions,
) => {
  const { image, channels, hidden, weight = fanInUniform, bias = fanInUniform } = options
  const own = { weight, bias }
  const each = perPixel('convDecoder', image, outputs)
  const sizes = halvings(image, channels.length)
  const [bottomHeight, bottomWidth] = sizes[channels.length]
  const top = channels[channels.length - 1]
  const ofPixels =
    last === undefined
      ? own
      : shared(
          { ...own, ...last(own) },
          { each, places: image[0] * image[1], kept: 1 },
          { inputs: channels[0] * kernel * kernel, drawn: asKernel(channels[0]) },
        )
  const convolutions = channels
    .slice(1)
    .map((from, i) => enlarged(from, channels[i], sizes[i + 1], own))
    .reverse()
  return block(
    {
      hidden: linear(inputs, hidden, own),
      bottom: linear(hidden, top * bottomHeight * bottomWidth, own),
      convolutions: sequence(...convolutions),
      output: toPixels(channels[0], each, ofPixels),
    },
    parts =>
      (z: Rows<number>): Rows<number> => {
        const rows: Tensor<Shape, 'f32'> = pipe(z, parts.hidden, relu, parts.bottom, relu)
        const bottom = reshape([-1, top, bottomHeight, bottomWidth])(rows) as Tensor as AnyImages
        const pixels = pipe(bottom, parts.convolutions, parts.output, cropped(image))
        return reshape([-1, outputs])(pixels) as Tensor as Rows<number>
      },
  )
}

/**
 * A convolutional decoder to images with one channel, given as rows: two linear layers to the smallest images; for each of `channels` but the
 * first, back to front, images twice as large by nearest neighbours and a convolution of 3 × 3; and a transposed convolution of 4 × 4 in steps
 * of two. 7 × 7 becomes 14 × 14 and then 28 × 28. `relu` after every layer but the last. Several numbers for each pixel are one image after the
 * other. `weight` and `bias` initialise every layer.
 *
 * So many channels are convolved fastest after enlarging, and so few by the transposed convolution: with 64 and 32 channels a training step takes
 * 62 ms so, 67 ms with transposed convolutions alone, and 73 ms without any. Every pixel reads as many places either way, so that neither leaves
 * checkerboards (Odena et al. 2016).
 * @throws ShapeError unless there are images and channels.
 */
export const convDecoder = <const In extends number>({
  inputs,
  ...options
}: ConvOptions & { readonly inputs: In }): Network<
  ConvDecoderParameters<In>,
  In,
  number,
  ConvDecoderParameters<In>
> => {
  requireConvolutions('convDecoder', options)
  const [height, width] = options.image
  const network = {
    ...layered(inputs, options, height * width),
    inputs,
    outputs: height * width,
    withOutputs: (outputs: number, last?: (own: Required<LinearOptions>) => LinearOptions) =>
      layered(inputs, options, outputs, last),
  }
  return network as unknown as Network<ConvDecoderParameters<In>, In, number, ConvDecoderParameters<In>>
}
