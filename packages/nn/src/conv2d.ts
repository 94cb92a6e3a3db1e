import { conv2d as convolve, ShapeError, type ConvolutionOptions, type Pair, type Tensor } from '@elbo/tensor'
import { affine, type Affine, type AffineOptions, type UnbiasedOptions } from './affine.js'
import { biased } from './channels.js'
import type { Images, Layer } from './layer.js'
import type { AnyLayer } from './modal.js'

export interface Conv2dParameters<Out extends number> {
  readonly weight: Tensor<readonly [Out, number, number, number], 'f32'>
  readonly bias: Tensor<readonly [Out], 'f32'>
}

export type Conv2dOptions = ConvolutionOptions & AffineOptions
export type UnbiasedConv2dOptions = ConvolutionOptions & UnbiasedOptions

/** Height and width of a kernel. */
export const extentsOf = (kernel: Pair): readonly [number, number] =>
  typeof kernel === 'number' ? [kernel, kernel] : kernel

/**
 * Channels parted into groups.
 * @throws ShapeError `conv2d: 6 to 8 channels: 4 groups do not divide 6`
 */
export const checkGroups = (name: string, inputs: number, outputs: number, groups: number): void => {
  const undivided = [inputs, outputs].find(count => !Number.isSafeInteger(count / groups))
  if (undivided !== undefined) {
    throw new ShapeError(
      `${name}: ${inputs} to ${outputs} channels: ${groups} groups do not divide ${undivided}`,
    )
  }
}

/**
 * Two-dimensional cross-correlation of images [batch, in, height, width] with a kernel of height and width `kernel`, and a bias for each
 * output channel: y[n, o, i, j] = bias[o] + Σ weight[o, c, u, v] · x[n, c, i·s − p + u·d, j·s − p + v·d], in steps of `stride` s, with
 * `padding` p of zeros and `dilation` d. `padding: 'same'` gives ⌈height/s⌉ × ⌈width/s⌉, the odd row and column of zeros after (PyTorch's
 * `'same'`, which has s = 1 alone). With `groups` g, each g-th of the output channels reads a g-th of the input channels. Weight
 * [out, in / groups, height, width], as PyTorch's `nn.Conv2d`; bias [out], unless `bias: false`. Paths: `weight`, `bias`.
 * @throws ShapeError `conv2d: 6 to 8 channels: 4 groups do not divide 6`
 */
export function conv2d<const In extends number, const Out extends number>(
  inputs: In,
  outputs: Out,
  kernel: Pair,
  options: UnbiasedConv2dOptions,
): Layer<Pick<Conv2dParameters<Out>, 'weight'>, Images<In>, Images<Out>>
export function conv2d<const In extends number, const Out extends number>(
  inputs: In,
  outputs: Out,
  kernel: Pair,
  options?: Conv2dOptions,
): Layer<Conv2dParameters<Out>, Images<In>, Images<Out>>
export function conv2d(
  inputs: number,
  outputs: number,
  kernel: Pair,
  options: Conv2dOptions | UnbiasedConv2dOptions = {},
): AnyLayer {
  const { groups = 1 } = options
  checkGroups('conv2d', inputs, outputs, groups)
  const [height, width] = extentsOf(kernel)
  const fan = { in: (inputs / groups) * height * width, out: outputs * height * width }
  return {
    init: affine(options, fan, [outputs, inputs / groups, height, width], outputs),
    apply:
      ({ weight, bias }: Affine) =>
      (x: Images<number>) =>
        biased(convolve(weight, options)(x), bias),
  }
}
