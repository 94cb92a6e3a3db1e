import type { Shape } from '../../../shape/index.js'
import type { ParamsOf } from '../../../primitives/table.js'
import {
  WINOGRAD,
  WINOGRAD_IMAGES,
  WINOGRAD_KERNEL,
  WINOGRAD_KERNEL_SLOPE,
  WINOGRAD_RESULTS,
  WINOGRAD_SLOPES,
} from '../opcodes.js'
import { WINOGRAD_COLUMNS } from '../scratch.js'
import { wholeLines, type Commands } from './lowering.js'
import { product, productWords } from './matmul.js'

/** Matrices of so many images are made at a time that they take about this many words: more would leave the processor's cache. */
const tileWords = 1 << 20

/** Elements of a transformed tile of 4 × 4: as many matrices. */
const matrices = 16

/** A convolution from images to results, as the transforms see it; the gradient in the images is one too, of turned kernels. */
interface Sizes {
  readonly images: number
  readonly channels: number
  readonly height: number
  readonly width: number
  readonly features: number
  readonly outHeight: number
  readonly outWidth: number
  readonly top: number
  readonly left: number
  readonly down: number
  readonly across: number
  /** Images at a time. */
  readonly chunk: number
}

/**
 * Whether a convolution is better computed by transformed tiles: kernels of 3 × 3 that step by 1, with enough channels and features that
 * sixteen products of tiles cost less than one of windows.
 */
export const isWinograd = (
  x: Shape,
  w: Shape,
  y: Shape,
  { stride, dilation, groups, padding }: ParamsOf<'conv2d'>,
): boolean =>
  w[2] === 3 &&
  w[3] === 3 &&
  groups === 1 &&
  [...stride, ...dilation].every(n => n === 1) &&
  padding.flat().every(n => n <= 2) &&
  Math.max(w[0], w[1]) >= 16 &&
  x[0] * y[2] * y[3] >= 64 &&
  Math.max(x[3], y[3]) <= WINOGRAD_COLUMNS

const sizesOf = (from: Shape, to: Shape, top: number, left: number): Sizes => {
  const [images, channels, height, width] = from
  const [, features, outHeight, outWidth] = to
  const [down, across] = [Math.ceil(outHeight / 2), Math.ceil(outWidth / 2)]
  const perImage = matrices * (channels + features) * down * across
  const chunk = Math.max(1, Math.min(images, Math.floor(tileWords / perImage)))
  return {
    ...{ images, channels, height, width, features, outHeight, outWidth, top, left, down, across, chunk },
  }
}

/** Words of one of the two sets of matrices, [depth, tiles]. */
const tilesWords = ({ chunk, down, across }: Sizes, depth: number): number =>
  wholeLines(matrices * depth * chunk * down * across)

const kernelWords = ({ channels, features }: Sizes): number => wholeLines(matrices * channels * features)

interface Areas {
  readonly kernel: number
  readonly from: number
  readonly to: number
  readonly products: number
}

const areasOf = (sizes: Sizes, scratch: number): Areas => {
  const from = scratch + 4 * kernelWords(sizes)
  const to = from + 4 * tilesWords(sizes, sizes.channels)
  return { kernel: scratch, from, to, products: to + 4 * tilesWords(sizes, sizes.features) }
}

const wordsBeforeProducts = (sizes: Sizes): number => areasOf(sizes, 0).products / 4

/** Visits the images a chunk at a time: the first, how many, and how many tiles they have. */
const chunks = (
  { images, chunk, down, across }: Sizes,
  visit: (first: number, count: number, tiles: number) => void,
): void => {
  for (let first = 0; first < images; first += chunk) {
    const count = Math.min(chunk, images - first)
    visit(first, count, count * down * across)
  }
}

const transformImages = (
  { channels, height, width, top, left, down, across }: Sizes,
  to: number,
  from: number,
  count: number,
  { words }: Commands,
): void => {
  words.push(WINOGRAD, 13, WINOGRAD_IMAGES, to, from, count, channels, height, width, top, left, down, across)
}

const transformKernel = (
  kind: number,
  to: number,
  from: number,
  [features, channels]: Shape,
  isTurned: boolean,
  { words }: Commands,
): void => {
  words.push(WINOGRAD, 13, kind, to, from, features, channels, isTurned ? 1 : 0, 0, 0, 0, 0, 0)
}

/** What turns images into results: a convolution, or its gradient in the images. */
interface Map {
  readonly from: { readonly shape: Shape; readonly address: number }
  readonly to: { readonly shape: Shape; readonly address: number }
  readonly kernel: { readonly shape: Shape; readonly address: number }
  readonly top: number
  readonly left: number
  readonly isTurned: boolean
}

/** The convolution itself, or of slopes with turned kernels, which give the slope of the images. */
const mapOf = (params: ParamsOf<'conv2d'>, isTurned: boolean): Pick<Map, 'top' | 'left' | 'isTurned'> => {
  const [[top], [left]] = params.padding
  return isTurned ? { top: 2 - top, left: 2 - left, isTurned } : { top, left, isTurned }
}

/** Words of scratch of `emitMap`. */
export const mapWords = (from: Shape, to: Shape): number => {
  const sizes = sizesOf(from, to, 0, 0)
  const { features, channels, chunk, down, across, images } = sizes
  const tiles = [chunk, images % chunk || chunk].map(count => count * down * across)
  return wordsBeforeProducts(sizes) + Math.max(...tiles.map(count => productWords(features, count, channels)))
}

/** A convolution of 3 × 3 (`isTurned`: its gradient in the images) in one pass over chunks of images. */
export const emitMap = (
  { from, to, kernel }: Pick<Map, 'from' | 'to' | 'kernel'>,
  params: ParamsOf<'conv2d'>,
  isTurned: boolean,
  scratch: number,
  commands: Commands,
): void => {
  const { top, left } = mapOf(params, isTurned)
  const sizes = sizesOf(from.shape, to.shape, top, left)
  const { channels, features, height, width, outHeight, outWidth, down, across } = sizes
  const areas = areasOf(sizes, scratch)
  transformKernel(WINOGRAD_KERNEL, areas.kernel, kernel.address, kernel.shape, isTurned, commands)
  chunks(sizes, (first, count, tiles) => {
    transformImages(sizes, areas.from, from.address + 4 * first * channels * height * width, count, commands)
    product(
      {
        ...{ batch: matrices, m: features, n: tiles, k: channels },
        left: { address: areas.kernel, batch: features * channels, row: channels, column: 1 },
        right: { address: areas.from, batch: channels * tiles, row: tiles, column: 1 },
        to: { address: areas.to, batch: features * tiles, row: tiles },
        scratch: areas.products,
      },
      commands,
    )
    const results = to.address + 4 * first * features * outHeight * outWidth
    commands.words.push(
      ...[WINOGRAD, 13, WINOGRAD_RESULTS, results, areas.to, count, features, outHeight, outWidth],
      ...[0, 0, down, across],
    )
  })
}

/** Words of scratch of `emitKernelSlope`. */
export const kernelSlopeWords = (x: Shape, y: Shape): number => {
  const sizes = sizesOf(x, y, 0, 0)
  const { features, channels, chunk, down, across, images } = sizes
  const tiles = [chunk, images % chunk || chunk].map(count => count * down * across)
  return wordsBeforeProducts(sizes) + Math.max(...tiles.map(count => productWords(features, channels, count)))
}

/** The gradient of a convolution of 3 × 3 in its kernels. */
export const emitKernelSlope = (
  x: Map['from'],
  y: Map['from'],
  kernel: Map['kernel'],
  params: ParamsOf<'conv2d'>,
  scratch: number,
  commands: Commands,
): void => {
  const { top, left } = mapOf(params, false)
  const sizes = sizesOf(x.shape, y.shape, top, left)
  const { channels, features, height, width, outHeight, outWidth, down, across } = sizes
  const areas = areasOf(sizes, scratch)
  chunks(sizes, (first, count, tiles) => {
    transformImages(sizes, areas.from, x.address + 4 * first * channels * height * width, count, commands)
    const slopes = y.address + 4 * first * features * outHeight * outWidth
    commands.words.push(
      ...[WINOGRAD, 13, WINOGRAD_SLOPES, areas.to, slopes, count, features, outHeight, outWidth],
      ...[0, 0, down, across],
    )
    product(
      {
        ...{ batch: matrices, m: features, n: channels, k: tiles },
        left: { address: areas.to, batch: features * tiles, row: tiles, column: 1 },
        right: { address: areas.from, batch: channels * tiles, row: 1, column: tiles },
        to: { address: areas.kernel, batch: features * channels, row: channels },
        accumulate: first > 0,
        scratch: areas.products,
      },
      commands,
    )
  })
  transformKernel(WINOGRAD_KERNEL_SLOPE, kernel.address, areas.kernel, kernel.shape, false, commands)
}
