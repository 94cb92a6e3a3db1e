import type { Shape } from '../../../shape/index.js'
import type { ParamsOf } from '../../../primitives/table.js'
import {
  WINOGRAD,
  WINOGRAD_EACH,
  WINOGRAD_KERNEL,
  WINOGRAD_KERNEL_SLOPE,
  WINOGRAD_MAP,
  WINOGRAD_SLOPES,
  WINOGRAD_SPREAD,
  WINOGRAD_STRIDED,
} from '../opcodes.js'
import { PANEL, tileMatrixWords } from '../scratch.js'
import { wholeLines, type Commands } from './lowering.js'

/** Words of transformed tiles and of their products that a thread holds at a time, about: more would leave the nearer cache. */
const mapWords = 1 << 16
const slopeWords = 1 << 17

/** Tiles of a block: fewer make products of few terms, more gain nothing. */
const leastTiles = 16
const mostTiles = 64

/** Features and channels of a transformed kernel's gradient that are worked on at a time. */
const chunk = 64

/** Parts of the tiles that the gradient in kernels is summed over separately, where there are no more than so many chunks. */
const leastUnits = 8

const roundUp = (count: number, grain: number): number => Math.ceil(count / grain) * grain

const isEach = ({ stride }: ParamsOf<'conv2d'>): boolean => stride[0] === 1

const elementsOf = (params: ParamsOf<'conv2d'>): number => (isEach(params) ? 16 : 25)

/**
 * Whether a convolution of `depth` channels that makes `made` is better computed by transformed tiles: kernels of 3 × 3 that step by 1 or 2 in
 * both directions, with so many channels that transforms cost less than the multiplications that are saved.
 */
export const isWinograd = (
  x: Shape,
  w: Shape,
  y: Shape,
  made: number,
  params: ParamsOf<'conv2d'>,
): boolean => {
  const { stride, dilation, groups, padding } = params
  const depth = made === w[0] ? w[1] : w[0]
  const [least, multiplications] = isEach(params) ? [8, 4] : [16, 6.25]
  return (
    w[2] === 3 &&
    w[3] === 3 &&
    groups === 1 &&
    [...dilation].every(n => n === 1) &&
    stride[0] === stride[1] &&
    stride[0] <= 2 &&
    padding.flat().every(n => n <= 2) &&
    Math.min(made, depth) >= least &&
    1.15 * multiplications * roundUp(made, PANEL) * roundUp(depth, 4) <= 9 * made * depth &&
    x[0] * y[2] * y[3] >= 64
  )
}

/** How tiles are parted into blocks: so many rows of tiles at a time or, where these are long, so many of one row. */
interface Blocks {
  readonly down: number
  readonly across: number
  readonly rows: number
  readonly columns: number
  readonly count: number
}

const blocksOf = (
  images: number,
  down: number,
  across: number,
  wordsOfTile: number,
  words: number,
): Blocks => {
  const most = Math.max(leastTiles, Math.min(mostTiles, Math.floor(words / wordsOfTile)))
  const columns = Math.ceil(across / Math.ceil(across / most))
  const rows = columns < across ? 1 : Math.max(1, Math.floor(most / across))
  const above = Math.ceil((images * down) / rows)
  return {
    ...{ down, across, columns, count: above * Math.ceil(across / columns) },
    rows: Math.ceil((images * down) / above),
  }
}

/** Words of thread scratch for matrices of tiles, and for the lines that are transformed at a time. */
const threadWords = (elements: number, { rows, columns }: Blocks, left: number, right: number): number => {
  const tiles = roundUp(rows * columns, 2)
  const matrices = elements * (tileMatrixWords(tiles, left) + tileMatrixWords(tiles, right))
  // A patch has at most five rows and columns and the next is at most four further; a result is at most four by four.
  const lines = 4 * (5 + 4 * columns) + 4 * (5 + 4 * rows) * columns * 5
  return matrices + Math.max(lines, (80 + 64) * columns)
}

/** A map between images: a convolution, or its gradient in the images. */
interface Map {
  readonly from: { readonly shape: Shape; readonly address: number }
  readonly to: { readonly shape: Shape; readonly address: number }
  readonly kernel: { readonly shape: Shape; readonly address: number }
}

/** Words of scratch of `emitMap`: the transformed kernels. */
export const mapScratch = (from: Shape, to: Shape, params: ParamsOf<'conv2d'>): number =>
  wholeLines(elementsOf(params) * roundUp(from[1], 4) * roundUp(to[1], PANEL))

/** A convolution of 3 × 3 (`isTurned`: its gradient in the images), a block of tiles at a time. */
export const emitMap = (
  { from, to, kernel }: Map,
  params: ParamsOf<'conv2d'>,
  isTurned: boolean,
  scratch: number,
  commands: Commands,
): void => {
  const scheme = isEach(params) ? WINOGRAD_EACH : isTurned ? WINOGRAD_SPREAD : WINOGRAD_STRIDED
  const [images, channels, height, width] = from.shape
  const [, features, outHeight, outWidth] = to.shape
  const [down, across] = [0, 1].map(side => {
    const [before] = params.padding[side]
    const size = to.shape[2 + side]
    if (scheme !== WINOGRAD_SPREAD)
      return { reads: isTurned ? 2 - before : before, writes: 0, tiles: Math.ceil(size / 2) }
    // Pixels of the one phase and of the other take turns; a tile begins with one that a kernel's middle meets.
    const writes = before % 2 === 1 ? 0 : -1
    return { reads: -(writes + before - 1) / 2, writes, tiles: Math.ceil((size - writes) / 4) }
  })
  const [depth, made] = [roundUp(channels, 4), roundUp(features, PANEL)]
  const elements = elementsOf(params)
  const blocks = blocksOf(images, down.tiles, across.tiles, elements * (depth + made), mapWords)
  commands.threadWords = Math.max(commands.threadWords, threadWords(elements, blocks, depth, made))
  const [kernels, inputs] = kernel.shape
  commands.words.push(
    ...[WINOGRAD, 9, WINOGRAD_KERNEL, scratch, kernel.address, scheme, kernels, inputs, isTurned ? 1 : 0],
    ...[
      WINOGRAD,
      22,
      WINOGRAD_MAP,
      to.address,
      from.address,
      scratch,
      scheme,
      images,
      channels,
      height,
      width,
    ],
    ...[features, outHeight, outWidth, down.reads, across.reads, down.writes, across.writes],
    ...[blocks.down, blocks.across, blocks.rows, blocks.columns],
  )
}

const slopeSizes = (x: Shape, y: Shape, params: ParamsOf<'conv2d'>) => {
  const elements = elementsOf(params)
  const [channels, features] = [roundUp(x[1], PANEL), roundUp(y[1], 4)]
  const [down, across] = [Math.ceil(y[2] / 2), Math.ceil(y[3] / 2)]
  const wordsOfTile = elements * (Math.min(channels, chunk) + Math.min(features, chunk))
  const blocks = blocksOf(x[0], down, across, wordsOfTile, slopeWords)
  const chunks = Math.ceil(channels / chunk) * Math.ceil(features / chunk)
  const parts = Math.min(blocks.count, Math.ceil(leastUnits / chunks))
  return { elements, channels, features, blocks, parts }
}

/** Words of scratch of `emitKernelSlope`: the gradient in transformed kernels, of each part. */
export const kernelSlopeScratch = (x: Shape, y: Shape, params: ParamsOf<'conv2d'>): number => {
  const { elements, channels, features, parts } = slopeSizes(x, y, params)
  return wholeLines(parts * elements * channels * features)
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
  const { elements, channels, features, blocks, parts } = slopeSizes(x.shape, y.shape, params)
  commands.threadWords = Math.max(
    commands.threadWords,
    threadWords(elements, blocks, Math.min(chunk, channels), Math.min(chunk, features)),
  )
  const scheme = isEach(params) ? WINOGRAD_EACH : WINOGRAD_STRIDED
  const [[top], [left]] = params.padding
  commands.words.push(
    ...[
      WINOGRAD,
      22,
      WINOGRAD_SLOPES,
      scratch,
      x.address,
      y.address,
      scheme,
      ...x.shape,
      ...y.shape.slice(1),
    ],
    ...[top, left, parts, chunk, blocks.down, blocks.across, blocks.rows, blocks.columns],
    ...[WINOGRAD, 9, WINOGRAD_KERNEL_SLOPE, kernel.address, scratch, scheme],
    ...[kernel.shape[0], kernel.shape[1], parts],
  )
}
