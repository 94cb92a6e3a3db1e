import {
  formatShape,
  resolveConvolution,
  resolvePooling,
  ShapeError,
  type Conv2d,
  type ConvolutionOptions,
  type Pair,
  type Pool,
  type PoolingOptions,
  type Requires,
  type ResolvedWindow,
  type Shape,
  type ShapeOf,
} from '../shape/index.js'
import type { AnyTensor, Tensor } from '../graph/tensor.js'
import { div } from '../primitives/arithmetic.js'
import { conv2d as convolution, conv2dInput, unfold, type WindowParams } from '../primitives/convolution.js'
import { full } from '../primitives/leaves.js'
import { pad, reshape } from '../primitives/layout.js'
import { broadcast, reduceMax, sum } from '../primitives/reduce.js'

/** Images are [batch, channels, height, width], kernels [channels out, channels in / groups, height, width]: PyTorch's and ONNX's order. */

const paramsOf = ([h, w]: readonly [ResolvedWindow, ResolvedWindow]): WindowParams => ({
  stride: [h.stride, w.stride],
  padding: [h.padding, w.padding],
  dilation: [h.dilation, w.dilation],
})

/** `conv2d(kernel, options)(x)`: cross-correlation, as networks mean by convolution. */
export const conv2d =
  <K extends Shape, const O extends ConvolutionOptions = Record<never, never>>(
    kernel: Tensor<K, 'f32'>,
    options?: O,
  ) =>
  <I extends Shape>(
    x: Tensor<I, 'f32'> & Requires<Conv2d<I, K, O>>,
  ): Tensor<ShapeOf<Conv2d<I, K, O>>, 'f32'> => {
    const { windows, groups } = resolveConvolution(x.shape, kernel.shape, options)
    return convolution(x, kernel, { ...paramsOf(windows), groups }) as Tensor<ShapeOf<Conv2d<I, K, O>>, 'f32'>
  }

export interface TransposedOptions {
  /** Default 1. */
  readonly stride?: Pair
  /** What the convolution that this is the adjoint of pads with; default 0. */
  readonly padding?: number | readonly [readonly [number, number], readonly [number, number]]
  /** Rows and columns added at the end, to choose among the sizes that a stride allows; default 0. */
  readonly outputPadding?: Pair
  readonly dilation?: Pair
  readonly groups?: number
}

const pairOf = (pair: Pair): readonly [number, number] => (typeof pair === 'number' ? [pair, pair] : pair)

/** The adjoint of `conv2d` in its image (PyTorch's ConvTranspose2d): kernel [channels in, channels out / groups, height, width]. */
export const conv2dTranspose =
  (
    kernel: Tensor<Shape, 'f32'>,
    { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 }: TransposedOptions = {},
  ) =>
  (x: Tensor<Shape, 'f32'>): Tensor<number[], 'f32'> => {
    if (x.shape.length !== 4 || kernel.shape.length !== 4) {
      throw new ShapeError(
        `conv2dTranspose: ${formatShape(x.shape)} x ${formatShape(kernel.shape)}: both operands need four axes`,
      )
    }
    const [strides, extra, dilations] = [pairOf(stride), pairOf(outputPadding), pairOf(dilation)]
    const pads =
      typeof padding === 'number'
        ? ([
            [padding, padding],
            [padding, padding],
          ] as const)
        : padding
    const size = ([0, 1] as const).map(
      side =>
        (x.shape[side + 2] - 1) * strides[side] -
        pads[side][0] -
        pads[side][1] +
        dilations[side] * (kernel.shape[side + 2] - 1) +
        extra[side] +
        1,
    ) as [number, number]
    return conv2dInput(x, kernel, {
      stride: strides,
      padding: pads,
      dilation: dilations,
      groups,
      size,
    }) as Tensor<number[], 'f32'>
  }

/** Every window of a pooling, [N, C, KH, KW, OH, OW], the padding reading `value`. */
const windowed = (
  operation: string,
  x: AnyTensor,
  window: Pair,
  options: PoolingOptions | undefined,
  value: number,
): AnyTensor => {
  const { windows } = resolvePooling(operation, x.shape, window, options)
  const { stride, padding, dilation } = paramsOf(windows)
  const padded = pad(x, {
    low: [0, 0, padding[0][0], padding[1][0]],
    high: [0, 0, padding[0][1], padding[1][1]],
    interior: [0, 0, 0, 0],
    value,
  })
  return unfold(padded, {
    stride,
    padding: [
      [0, 0],
      [0, 0],
    ],
    dilation,
    kernel: [windows[0].extent, windows[1].extent],
  })
}

/** The largest of each window; elements that tie share the gradient. Padding never wins. */
export const maxPool =
  <const W extends Pair, const O extends PoolingOptions = Record<never, never>>(window: W, options?: O) =>
  <S extends Shape>(
    x: Tensor<S, 'f32'> & Requires<Pool<'maxPool', S, W, O>>,
  ): Tensor<ShapeOf<Pool<'maxPool', S, W, O>>, 'f32'> =>
    reduceMax(windowed('maxPool', x, window, options, -Infinity), [2, 3]) as Tensor<
      ShapeOf<Pool<'maxPool', S, W, O>>,
      'f32'
    >

/** The mean of each window, over the elements of the image that it covers (padding does not count). */
export const avgPool =
  <const W extends Pair, const O extends PoolingOptions = Record<never, never>>(window: W, options?: O) =>
  <S extends Shape>(
    x: Tensor<S, 'f32'> & Requires<Pool<'avgPool', S, W, O>>,
  ): Tensor<ShapeOf<Pool<'avgPool', S, W, O>>, 'f32'> => {
    const total = sum(windowed('avgPool', x, window, options, 0), [2, 3])
    const ones = full([1, 1, ...x.shape.slice(2)], 'f32', 1)
    const counts = sum(windowed('avgPool', ones, window, options, 0), [2, 3])
    return div(total, broadcast(reshape(counts, [1, 1, ...total.shape.slice(2)]), total.shape)) as Tensor<
      ShapeOf<Pool<'avgPool', S, W, O>>,
      'f32'
    >
  }
