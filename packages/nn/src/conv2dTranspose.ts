import {
  conv2dTranspose as convolveTransposed,
  type Pair,
  type Tensor,
  type TransposedOptions,
} from '@elbo/tensor'
import { affine, type Affine, type AffineOptions, type UnbiasedOptions } from './affine.js'
import { biased } from './channels.js'
import { checkGroups, extentsOf } from './conv2d.js'
import type { Images, Layer } from './layer.js'
import type { AnyLayer } from './modal.js'

export interface Conv2dTransposeParameters<In extends number, Out extends number> {
  readonly weight: Tensor<readonly [In, number, number, number], 'f32'>
  readonly bias: Tensor<readonly [Out], 'f32'>
}

export type Conv2dTransposeOptions = TransposedOptions & AffineOptions
export type UnbiasedConv2dTransposeOptions = TransposedOptions & UnbiasedOptions

/**
 * The adjoint of a convolution in its image (Dumoulin and Visin 2016, chapter 4), and a bias for each output channel: height becomes
 * (height − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1, width likewise. Images are [batch, channels, height, width].
 * Weight [in, out / groups, height, width], as PyTorch's `nn.ConvTranspose2d`, whose fan, out / groups · height · width, initialisers are
 * given too; bias [out], unless `bias: false`. Paths: `weight`, `bias`.
 * @throws ShapeError `conv2dTranspose: 6 to 8 channels: 4 groups do not divide 6`
 */
export function conv2dTranspose<const In extends number, const Out extends number>(
  inputs: In,
  outputs: Out,
  kernel: Pair,
  options: UnbiasedConv2dTransposeOptions,
): Layer<Pick<Conv2dTransposeParameters<In, Out>, 'weight'>, Images<In>, Images<Out>>
export function conv2dTranspose<const In extends number, const Out extends number>(
  inputs: In,
  outputs: Out,
  kernel: Pair,
  options?: Conv2dTransposeOptions,
): Layer<Conv2dTransposeParameters<In, Out>, Images<In>, Images<Out>>
export function conv2dTranspose(
  inputs: number,
  outputs: number,
  kernel: Pair,
  options: Conv2dTransposeOptions | UnbiasedConv2dTransposeOptions = {},
): AnyLayer {
  const { groups = 1 } = options
  checkGroups('conv2dTranspose', inputs, outputs, groups)
  const [height, width] = extentsOf(kernel)
  const fan = { in: (outputs / groups) * height * width, out: inputs * height * width }
  return {
    init: affine(options, fan, [inputs, outputs / groups, height, width], outputs),
    apply:
      ({ weight, bias }: Affine) =>
      (x: Images<number>) =>
        biased(convolveTransposed(weight, options)(x), bias),
  }
}
