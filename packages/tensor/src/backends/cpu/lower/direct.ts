import type { Shape } from '../../../shape/index.js'
import type { ParamsOf } from '../../../primitives/table.js'
import { DIRECT, DIRECT_KERNEL_SLOPE, DIRECT_MAP } from '../opcodes.js'
import { copy } from './layout.js'
import { wholeLines, type Commands } from './lowering.js'

/** Words of padded planes that a thread holds at a time, about: more would leave the nearer cache. */
const planesWords = 1 << 15

/** Blocks of rows, or parts of the images, that threads have to share where sizes allow. */
const leastUnits = 8

/** Rows of a block that are not cut any shorter for the sake of threads: each brings the rows of its windows with it. */
const leastRows = 4

interface Placed {
  readonly shape: Shape
  readonly address: number
}

interface Block {
  readonly rows: number
  readonly blockWords: number
  /** Of all padded planes. */
  readonly words: number
}

/** How results are parted into blocks of rows; see direct.ts of the kernels for the sizes. */
const blockOf = (from: Shape, w: Shape, to: Shape, [down, across]: readonly [number, number]): Block => {
  const [images, channels] = from
  const [, , outHeight, outWidth] = to
  const pitch = outWidth + (w[3] - 1) * across
  const overhang = (w[2] - 1) * down * pitch + (w[3] - 1) * across
  const fitting = Math.floor((planesWords / channels - overhang) / pitch)
  const shared = Math.max(leastRows, Math.ceil(outHeight / Math.ceil(leastUnits / images)))
  const rows = Math.max(1, Math.min(outHeight, fitting, shared))
  const blockWords = wholeLines(rows * pitch)
  return { rows, blockWords, words: channels * 4 * Math.ceil((blockWords + overhang) / 4) }
}

/** The convolution whose padding gives the gradient in the images. */
const turned = ({ padding, dilation }: ParamsOf<'conv2d'>, w: Shape): readonly [number, number] => [
  (w[2] - 1) * dilation[0] - padding[0][0],
  (w[3] - 1) * dilation[1] - padding[1][0],
]

/** Whether a convolution with windows of more than one element that step by one is computed where its images stand. */
export const isDirect = (from: Shape, w: Shape, to: Shape, params: ParamsOf<'conv2d'>): boolean =>
  params.groups === 1 &&
  params.stride.every(n => n === 1) &&
  w[2] * w[3] > 1 &&
  [...turned(params, w), ...params.padding.map(([before]) => before)].every(n => n >= 0) &&
  2 * (w[3] - 1) * params.dilation[1] <= to[3] &&
  blockOf(from, w, to, params.dilation).words <= 2 * planesWords

/** The same, of the gradient in kernels. */
export const isDirectSlope = (x: Shape, w: Shape, y: Shape, params: ParamsOf<'conv2d'>): boolean =>
  w[2] === 3 && w[3] === 3 && isDirect(x, w, y, params)

/** Words of scratch of `emitDirect`: the kernels, turned. */
export const directScratch = (w: Shape, isTurned: boolean): number =>
  isTurned ? w.reduce((size, n) => size * n, 1) : 0

/** A convolution (`isTurned`: its gradient in the images) where the images stand. */
export const emitDirect = (
  from: Placed,
  to: Placed,
  kernel: Placed,
  params: ParamsOf<'conv2d'>,
  isTurned: boolean,
  scratch: number,
  commands: Commands,
): void => {
  const [features, channels, height, width] = kernel.shape as readonly [number, number, number, number]
  const taps = height * width
  if (isTurned)
    copy(
      [channels, features, height, width],
      { address: scratch, strides: [features * taps, taps, width, 1] },
      { address: kernel.address + 4 * (taps - 1), strides: [taps, channels * taps, -width, -1] },
      commands,
    )
  const { rows, blockWords, words } = blockOf(from.shape, kernel.shape, to.shape, params.dilation)
  commands.threadWords = Math.max(commands.threadWords, 4 * Math.ceil(taps / 4) + 2 * blockWords + words)
  const [[top], [left]] = params.padding
  commands.words.push(
    ...[DIRECT, 22, DIRECT_MAP, to.address, from.address, isTurned ? scratch : kernel.address],
    ...[...from.shape, ...to.shape.slice(1), height, width],
    ...[...(isTurned ? turned(params, kernel.shape) : [top, left]), ...params.dilation, rows, 0, 0],
  )
}

const partsOf = ([images]: Shape): number => Math.min(images, leastUnits)

/** Words of scratch of `emitDirectSlope`. */
export const directSlopeScratch = (x: Shape, w: Shape): number => partsOf(x) * 9 * w[0] * w[1]

/** The gradient of a convolution of 3 × 3 in its kernels. */
export const emitDirectSlope = (
  x: Placed,
  y: Placed,
  kernel: Placed,
  params: ParamsOf<'conv2d'>,
  scratch: number,
  commands: Commands,
): void => {
  const { rows, blockWords, words } = blockOf(x.shape, kernel.shape, y.shape, params.dilation)
  commands.threadWords = Math.max(commands.threadWords, blockWords + words)
  const [[top], [left]] = params.padding
  commands.words.push(
    ...[DIRECT, 22, DIRECT_KERNEL_SLOPE, kernel.address, x.address, y.address],
    ...[...x.shape, ...y.shape.slice(1), 3, 3],
    ...[top, left, ...params.dilation, rows, scratch, partsOf(x.shape)],
  )
}
