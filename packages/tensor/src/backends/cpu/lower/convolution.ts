import { sizeOf, type Shape } from '../../../shape/index.js'
import type { WindowParams } from '../../../primitives/convolution.js'
import type { ParamsOf } from '../../../primitives/table.js'
import { UNFOLD } from '../opcodes.js'
import { fill } from './leaves.js'
import {
  directScratch,
  directSlopeScratch,
  emitDirect,
  emitDirectSlope,
  isDirect,
  isDirectSlope,
} from './direct.js'
import { wholeLines, type Commands, type Lowering } from './lowering.js'
import { product, productWords } from './matmul.js'
import { emitKernelSlope, emitMap, isWinograd, kernelSlopeScratch, mapScratch } from './winograd.js'

/** Windows of many images are unfolded at a time, up to so many words: more would leave the processor's cache. */
const unfoldedWords = 1 << 18

/** The sizes that a convolution and both of its gradients share. */
interface Sizes {
  readonly images: number
  readonly channels: number
  readonly height: number
  readonly width: number
  readonly features: number
  readonly kernelHeight: number
  readonly kernelWidth: number
  readonly outHeight: number
  readonly outWidth: number
  readonly groups: number
  /** Within a group: features, elements of a window, and positions of the window. */
  readonly m: number
  readonly k: number
  readonly p: number
  /** The window is one element and stands once on each: the image is its own unfolding. */
  readonly isPointwise: boolean
  /** Images whose windows are unfolded at a time. */
  readonly chunk: number
}

const sizesOf = (x: Shape, w: Shape, y: Shape, { groups, stride, padding }: ParamsOf<'conv2d'>): Sizes => {
  const [images, channels, height, width] = x as readonly [number, number, number, number]
  const [features, perGroup, kernelHeight, kernelWidth] = w as readonly [number, number, number, number]
  const [, , outHeight, outWidth] = y as readonly [number, number, number, number]
  const isPointwise =
    [kernelHeight, kernelWidth, ...stride].every(n => n === 1) && padding.flat().every(n => n === 0)
  const [m, k, p] = [features / groups, perGroup * kernelHeight * kernelWidth, outHeight * outWidth]
  // The groups of one image are the batch of a product, or else, without groups, several images are.
  const fit = isPointwise ? images : Math.max(1, Math.min(images, Math.floor(unfoldedWords / (k * p))))
  const chunk = groups > 1 ? 1 : fit
  return {
    ...{ images, channels, height, width, features, kernelHeight, kernelWidth, outHeight, outWidth, groups },
    ...{ m, k, p, isPointwise, chunk },
  }
}

const windowWords = ({ isPointwise, chunk, groups, k, p }: Sizes): number =>
  isPointwise ? 0 : wholeLines(chunk * groups * k * p)

interface Windows {
  readonly images: number
  readonly windows: number
  readonly planes: number
  readonly isFold: boolean
}

type Extent = Pick<Sizes, 'height' | 'width' | 'kernelHeight' | 'kernelWidth' | 'outHeight' | 'outWidth'>

/** Windows of planes, [planes, kernel height × kernel width, positions], from images or back into them. */
const unfoldPlanes = (
  sizes: Extent,
  { stride, padding, dilation }: WindowParams,
  { images, windows, planes, isFold }: Windows,
  { words }: Commands,
): void => {
  const { height, width, kernelHeight, kernelWidth, outHeight, outWidth } = sizes
  const positions = outHeight * outWidth
  words.push(
    ...[
      UNFOLD,
      22,
      isFold ? images : windows,
      isFold ? windows : images,
      planes,
      height,
      width,
      kernelHeight,
      kernelWidth,
    ],
    ...[outHeight, outWidth, ...stride, padding[0][0], padding[1][0], ...dilation],
    ...[kernelHeight * kernelWidth * positions, positions, 1, isFold ? 1 : 0, 0],
  )
}

/** Visits the images a chunk at a time: the first image, and how many. */
const chunks = ({ images, chunk }: Sizes, visit: (first: number, count: number) => void): void => {
  for (let first = 0; first < images; first += chunk) visit(first, Math.min(chunk, images - first))
}

/** Kernels as matrices [features, window]: one for each group, or the same for every image. */
const kernels = ({ groups, m, k }: Sizes, address: number) => ({
  address,
  batch: groups > 1 ? m * k : 0,
  row: k,
  column: 1,
})

const nothing = ({ images, m, k, p }: Sizes): boolean => images * m * k * p === 0

export const conv2d: Lowering<ParamsOf<'conv2d'>> = {
  scratch: ({ params, inputs: [x, w], outputs: [y] }) => {
    if (isWinograd(x.shape, w.shape, y.shape, w.shape[0], params)) return mapScratch(x.shape, y.shape, params)
    if (isDirect(x.shape, w.shape, y.shape, params)) return directScratch(w.shape, false)
    const sizes = sizesOf(x.shape, w.shape, y.shape, params)
    return windowWords(sizes) + productWords(sizes.m, sizes.p, sizes.k)
  },
  emit: ({ params, inputs: [x, w], outputs: [y], scratch }, to) => {
    const sizes = sizesOf(x.shape, w.shape, y.shape, params)
    const { channels, height, width, features, groups, m, k, p, isPointwise } = sizes
    if (nothing(sizes)) return fill(y, 0, to)
    if (isWinograd(x.shape, w.shape, y.shape, w.shape[0], params))
      return emitMap({ from: x, to: y, kernel: w }, params, false, scratch, to)
    if (isDirect(x.shape, w.shape, y.shape, params)) return emitDirect(x, y, w, params, false, scratch, to)
    chunks(sizes, (first, count) => {
      const image = x.address + 4 * first * channels * height * width
      if (!isPointwise)
        unfoldPlanes(
          sizes,
          params,
          { images: image, windows: scratch, planes: count * channels, isFold: false },
          to,
        )
      product(
        {
          ...{ batch: count * groups, m, n: p, k },
          left: kernels(sizes, w.address),
          right: { address: isPointwise ? image : scratch, batch: k * p, row: p, column: 1 },
          to: { address: y.address + 4 * first * features * p, batch: m * p, row: p },
          scratch: scratch + 4 * windowWords(sizes),
        },
        to,
      )
    })
  },
}

export const conv2dInput: Lowering<ParamsOf<'conv2dInput'>> = {
  scratch: ({ params, inputs: [y, w], outputs: [x] }) => {
    if (isWinograd(x.shape, w.shape, y.shape, w.shape[1], params)) return mapScratch(y.shape, x.shape, params)
    if (isDirect(y.shape, w.shape, x.shape, params)) return directScratch(w.shape, true)
    const sizes = sizesOf(x.shape, w.shape, y.shape, params)
    return windowWords(sizes) + productWords(sizes.k, sizes.p, sizes.m)
  },
  emit: ({ params, inputs: [y, w], outputs: [x], scratch }, to) => {
    const sizes = sizesOf(x.shape, w.shape, y.shape, params)
    const { channels, height, width, features, groups, m, k, p, isPointwise } = sizes
    if (nothing(sizes)) return fill(x, 0, to)
    if (isWinograd(x.shape, w.shape, y.shape, w.shape[1], params))
      return emitMap({ from: y, to: x, kernel: w }, params, true, scratch, to)
    if (isDirect(y.shape, w.shape, x.shape, params)) return emitDirect(y, x, w, params, true, scratch, to)
    const { batch } = kernels(sizes, w.address)
    chunks(sizes, (first, count) => {
      const image = x.address + 4 * first * channels * height * width
      product(
        {
          ...{ batch: count * groups, m: k, n: p, k: m },
          left: { address: w.address, batch, row: 1, column: k },
          right: { address: y.address + 4 * first * features * p, batch: m * p, row: p, column: 1 },
          to: { address: isPointwise ? image : scratch, batch: k * p, row: p },
          scratch: scratch + 4 * windowWords(sizes),
        },
        to,
      )
      if (!isPointwise)
        unfoldPlanes(
          sizes,
          params,
          { images: image, windows: scratch, planes: count * channels, isFold: true },
          to,
        )
    })
  },
}

export const conv2dKernel: Lowering<ParamsOf<'conv2dKernel'>> = {
  scratch: ({ params, inputs: [x, y], outputs: [w] }) => {
    if (isWinograd(x.shape, w.shape, y.shape, w.shape[1], params))
      return kernelSlopeScratch(x.shape, y.shape, params)
    if (isDirectSlope(x.shape, w.shape, y.shape, params)) return directSlopeScratch(x.shape, w.shape)
    const sizes = sizesOf(x.shape, w.shape, y.shape, params)
    return windowWords(sizes) + productWords(sizes.m, sizes.k, sizes.p)
  },
  emit: ({ params, inputs: [x, y], outputs: [w], scratch }, to) => {
    const sizes = sizesOf(x.shape, w.shape, y.shape, params)
    const { channels, height, width, features, groups, m, k, p, isPointwise } = sizes
    if (nothing(sizes)) return fill(w, 0, to)
    if (isWinograd(x.shape, w.shape, y.shape, w.shape[1], params))
      return emitKernelSlope(x, y, w, params, scratch, to)
    if (isDirectSlope(x.shape, w.shape, y.shape, params)) return emitDirectSlope(x, y, w, params, scratch, to)
    chunks(sizes, (first, count) => {
      const image = x.address + 4 * first * channels * height * width
      if (!isPointwise)
        unfoldPlanes(
          sizes,
          params,
          { images: image, windows: scratch, planes: count * channels, isFold: false },
          to,
        )
      // Images add to one result, one after the other.
      for (let i = 0; i < count; i++) {
        product(
          {
            ...{ batch: groups, m, n: k, k: p },
            left: { address: y.address + 4 * (first + i) * features * p, batch: m * p, row: p, column: 1 },
            right: {
              address: (isPointwise ? image : scratch) + 4 * i * groups * k * p,
              batch: k * p,
              row: 1,
              column: p,
            },
            to: { address: w.address, batch: m * k, row: k },
            accumulate: first + i > 0,
            scratch: scratch + 4 * windowWords(sizes),
          },
          to,
        )
      }
    })
  },
}

const extentOf = (image: Shape, windows: Shape): Extent => ({
  ...{ height: image[2], width: image[3] },
  ...{ kernelHeight: windows[2], kernelWidth: windows[3] },
  ...{ outHeight: windows[4], outWidth: windows[5] },
})

export const unfold: Lowering<ParamsOf<'unfold'>> = {
  emit: ({ params, inputs: [x], outputs: [out] }, to) => {
    if (sizeOf(out.shape) === 0) return
    const planes = x.shape[0] * x.shape[1]
    unfoldPlanes(
      extentOf(x.shape, out.shape),
      params,
      { images: x.address, windows: out.address, planes, isFold: false },
      to,
    )
  },
}

export const fold: Lowering<ParamsOf<'fold'>> = {
  emit: ({ params, inputs: [x], outputs: [out] }, to) => {
    if (sizeOf(x.shape) === 0) return fill(out, 0, to)
    const planes = out.shape[0] * out.shape[1]
    unfoldPlanes(
      extentOf(out.shape, x.shape),
      params,
      { images: out.address, windows: x.address, planes, isFold: true },
      to,
    )
  },
}
