import type { Shape } from '../shape/index.js'
import { ShapeError } from '../shape/index.js'
import type { Primitive, Value } from '../graph/primitive.js'
import { type AnyTensor, apply, type Spec } from '../graph/tensor.js'

/** Images are [batch, channels, height, width], kernels [channels out, channels in / groups, height, width]. */

type Pair = readonly [number, number]

/** How a window moves over an image, per axis (height, width). */
export interface WindowParams {
  readonly stride: Pair
  /** Zeros put before and after. */
  readonly padding: readonly [Pair, Pair]
  readonly dilation: Pair
}

export interface ConvolutionParams extends WindowParams {
  readonly groups: number
}

type Image = readonly [n: number, c: number, h: number, w: number]

/** Positions of a window of `kernel` along one axis of length `size`. */
const positions = (
  name: string,
  size: number,
  kernel: number,
  axis: 0 | 1,
  { stride, padding, dilation }: WindowParams,
): number => {
  const reach = (kernel - 1) * dilation[axis] + 1
  const room = size + padding[axis][0] + padding[axis][1] - reach
  if (room < 0)
    throw new ShapeError(
      `${name}: a window that reaches ${reach} does not fit in ${size} + ${padding[axis][0]} + ${padding[axis][1]} of ${axis === 0 ? 'height' : 'width'}`,
    )
  return Math.floor(room / stride[axis]) + 1
}

const image = (name: string, { shape, dtype }: Spec): Image => {
  if (shape.length !== 4) throw new ShapeError(`${name}: [${shape.join(', ')}] must have four axes`)
  if (dtype !== 'f32') throw new ShapeError(`${name}: element type ${dtype} is not one of f32`)
  return shape as unknown as Image
}

const agree = (name: string, what: string, a: number, b: number): void => {
  if (a !== b) throw new ShapeError(`${name}: ${what} ${a} and ${b} differ`)
}

/**
 * The one loop behind a convolution and both of its gradients: visits every (output, input, weight) triple that a multiplication joins.
 */
const joined = (
  x: Shape,
  w: Shape,
  y: Shape,
  { stride, padding, dilation, groups }: ConvolutionParams,
  visit: (yAt: number, xAt: number, wAt: number) => void,
): void => {
  const [n, c, h, width] = x as unknown as Image
  const [o, perGroup, kh, kw] = w as unknown as Image
  const [, , oh, ow] = y as unknown as Image
  const outputsPerGroup = o / groups
  for (let b = 0; b < n; b++)
    for (let f = 0; f < o; f++)
      for (let i = 0; i < oh; i++)
        for (let j = 0; j < ow; j++)
          for (let q = 0; q < perGroup; q++)
            for (let u = 0; u < kh; u++)
              for (let v = 0; v < kw; v++) {
                const row = i * stride[0] - padding[0][0] + u * dilation[0]
                const column = j * stride[1] - padding[1][0] + v * dilation[1]
                if (row < 0 || row >= h || column < 0 || column >= width) continue
                const channel = Math.floor(f / outputsPerGroup) * perGroup + q
                visit(
                  ((b * o + f) * oh + i) * ow + j,
                  ((b * c + channel) * h + row) * width + column,
                  ((f * perGroup + q) * kh + u) * kw + v,
                )
              }
}

const accumulate = (out: Value, fill: (sums: Float64Array) => void): void => {
  const sums = new Float64Array(out.data.length)
  fill(sums)
  out.data.set(sums)
}

const parted = (name: string, count: number, what: string, groups: number): void => {
  if (count % groups !== 0)
    throw new ShapeError(`${name}: ${count} ${what} do not part into ${groups} groups`)
}

const grouped = (name: string, channels: number, [o, perGroup]: Image, groups: number): void => {
  agree(name, `channels of the image and of the kernel (times ${groups} groups)`, channels, perGroup * groups)
  parted(name, o, 'output channels', groups)
}

/** Cross-correlation of images with kernels: y[n,o,i,j] = Σ x[n,c,i·s−p+u·d, j·s−p+v·d] w[o,c,u,v]. */
export const conv2dPrimitive: Primitive<ConvolutionParams> = {
  name: 'conv2d',
  outputs: ([x, w], params) => {
    const [n, c, h, width] = image('conv2d', x)
    const kernel = image('conv2d', w)
    grouped('conv2d', c, kernel, params.groups)
    const [o, , kh, kw] = kernel
    const shape = [n, o, positions('conv2d', h, kh, 0, params), positions('conv2d', width, kw, 1, params)]
    return [{ shape, dtype: 'f32' }]
  },
  gradient: ([g], { inputs, params }) => {
    const [x, w] = inputs as readonly [AnyTensor, AnyTensor]
    return [
      conv2dInput(g as AnyTensor, w, { ...params, size: [x.shape[2], x.shape[3]] }),
      conv2dKernel(x, g as AnyTensor, { ...params, kernel: [w.shape[2], w.shape[3]] }),
    ]
  },
  evaluate: ([x, w], params, [out]) =>
    accumulate(out, sums =>
      joined(x.shape, w.shape, out.shape, params, (y, at, k) => (sums[y] += x.data[at] * w.data[k])),
    ),
}

/** The adjoint of `conv2d` in its image: a transposed convolution, [N, O, OH, OW] → [N, C, `size`]. */
export const conv2dInputPrimitive: Primitive<ConvolutionParams & { readonly size: Pair }> = {
  name: 'conv2dInput',
  outputs: ([y, w], params) => {
    const [n, o, oh, ow] = image('conv2dInput', y)
    const [kernels, perGroup, kh, kw] = image('conv2dInput', w)
    agree('conv2dInput', 'channels of the image and of the kernel', o, kernels)
    parted('conv2dInput', kernels, 'output channels', params.groups)
    agree('conv2dInput', 'heights', oh, positions('conv2dInput', params.size[0], kh, 0, params))
    agree('conv2dInput', 'widths', ow, positions('conv2dInput', params.size[1], kw, 1, params))
    return [{ shape: [n, perGroup * params.groups, ...params.size], dtype: 'f32' }]
  },
  gradient: ([g], { inputs, params }) => {
    const [y, w] = inputs as readonly [AnyTensor, AnyTensor]
    return [
      conv2d(g as AnyTensor, w, params),
      conv2dKernel(g as AnyTensor, y, { ...params, kernel: [w.shape[2], w.shape[3]] }),
    ]
  },
  evaluate: ([y, w], params, [out]) =>
    accumulate(out, sums =>
      joined(out.shape, w.shape, y.shape, params, (at, x, k) => (sums[x] += y.data[at] * w.data[k])),
    ),
}

/** The adjoint of `conv2d` in its kernel: images [N, C, H, W] and cotangents [N, O, OH, OW] → [O, C / groups, `kernel`]. */
export const conv2dKernelPrimitive: Primitive<ConvolutionParams & { readonly kernel: Pair }> = {
  name: 'conv2dKernel',
  outputs: ([x, y], params) => {
    const [n, c, h, width] = image('conv2dKernel', x)
    const [ny, o, oh, ow] = image('conv2dKernel', y)
    agree('conv2dKernel', 'batches', n, ny)
    agree('conv2dKernel', 'heights', oh, positions('conv2dKernel', h, params.kernel[0], 0, params))
    agree('conv2dKernel', 'widths', ow, positions('conv2dKernel', width, params.kernel[1], 1, params))
    parted('conv2dKernel', c, 'channels', params.groups)
    const kernel: Image = [o, c / params.groups, ...params.kernel]
    grouped('conv2dKernel', c, kernel, params.groups)
    return [{ shape: kernel, dtype: 'f32' }]
  },
  gradient: ([g], { inputs, params }) => {
    const [x, y] = inputs as readonly [AnyTensor, AnyTensor]
    return [
      conv2dInput(y, g as AnyTensor, { ...params, size: [x.shape[2], x.shape[3]] }),
      conv2d(x, g as AnyTensor, params),
    ]
  },
  evaluate: ([x, y], params, [out]) =>
    accumulate(out, sums =>
      joined(x.shape, out.shape, y.shape, params, (at, from, k) => (sums[k] += x.data[from] * y.data[at])),
    ),
}

/** Visits every (window element, image element) pair; elements of the padding are passed over. */
const windows = (
  x: Shape,
  unfolded: Shape,
  { stride, padding, dilation }: WindowParams,
  visit: (windowAt: number, imageAt: number) => void,
): void => {
  const [n, c, h, width] = x as unknown as Image
  const [, , kh, kw, oh, ow] = unfolded as readonly [number, number, number, number, number, number]
  for (let plane = 0; plane < n * c; plane++)
    for (let u = 0; u < kh; u++)
      for (let v = 0; v < kw; v++)
        for (let i = 0; i < oh; i++)
          for (let j = 0; j < ow; j++) {
            const row = i * stride[0] - padding[0][0] + u * dilation[0]
            const column = j * stride[1] - padding[1][0] + v * dilation[1]
            if (row < 0 || row >= h || column < 0 || column >= width) continue
            visit((((plane * kh + u) * kw + v) * oh + i) * ow + j, (plane * h + row) * width + column)
          }
}

type UnfoldParams = WindowParams & { readonly kernel: Pair }

/** Every window of an image: [N, C, H, W] → [N, C, KH, KW, OH, OW] (im2col); the padding reads 0. */
export const unfoldPrimitive: Primitive<UnfoldParams> = {
  name: 'unfold',
  outputs: ([x], params) => {
    const [n, c, h, width] = image('unfold', x)
    const [kh, kw] = params.kernel
    const shape = [
      n,
      c,
      kh,
      kw,
      positions('unfold', h, kh, 0, params),
      positions('unfold', width, kw, 1, params),
    ]
    return [{ shape, dtype: 'f32' }]
  },
  gradient: ([g], { inputs: [x], params }) => [
    fold(g as AnyTensor, { ...params, size: [x.shape[2], x.shape[3]] }),
  ],
  evaluate: ([x], params, [out]) =>
    windows(x.shape, out.shape, params, (to, from) => (out.data[to] = x.data[from])),
}

/** The adjoint of `unfold`: windows [N, C, KH, KW, OH, OW] summed back into images [N, C, `size`] (col2im). */
export const foldPrimitive: Primitive<UnfoldParams & { readonly size: Pair }> = {
  name: 'fold',
  outputs: ([x], params) => {
    const { shape, dtype } = x
    if (shape.length !== 6 || dtype !== 'f32')
      throw new ShapeError(`fold: ${dtype}[${shape.join(', ')}] must be f32 windows with six axes`)
    const [n, c, kh, kw, oh, ow] = shape as readonly [number, number, number, number, number, number]
    agree('fold', 'heights of the window', kh, params.kernel[0])
    agree('fold', 'widths of the window', kw, params.kernel[1])
    agree('fold', 'heights', oh, positions('fold', params.size[0], kh, 0, params))
    agree('fold', 'widths', ow, positions('fold', params.size[1], kw, 1, params))
    return [{ shape: [n, c, ...params.size], dtype: 'f32' }]
  },
  gradient: ([g], { params }) => [unfold(g as AnyTensor, params)],
  evaluate: ([x], params, [out]) =>
    accumulate(out, sums => windows(out.shape, x.shape, params, (from, to) => (sums[to] += x.data[from]))),
}

export const conv2d = (
  x: AnyTensor,
  w: AnyTensor,
  { stride, padding, dilation, groups }: ConvolutionParams,
): AnyTensor => apply(conv2dPrimitive, [x, w], { stride, padding, dilation, groups })

export const conv2dInput = (
  y: AnyTensor,
  w: AnyTensor,
  { stride, padding, dilation, groups, size }: ConvolutionParams & { readonly size: Pair },
): AnyTensor => apply(conv2dInputPrimitive, [y, w], { stride, padding, dilation, groups, size })

export const conv2dKernel = (
  x: AnyTensor,
  y: AnyTensor,
  { stride, padding, dilation, groups, kernel }: ConvolutionParams & { readonly kernel: Pair },
): AnyTensor => apply(conv2dKernelPrimitive, [x, y], { stride, padding, dilation, groups, kernel })

export const unfold = (x: AnyTensor, { stride, padding, dilation, kernel }: UnfoldParams): AnyTensor =>
  apply(unfoldPrimitive, [x], { stride, padding, dilation, kernel })

export const fold = (x: AnyTensor, params: UnfoldParams & { readonly size: Pair }): AnyTensor =>
  apply(foldPrimitive, [x], params)
