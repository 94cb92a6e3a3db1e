import {
  WINOGRAD_EACH,
  WINOGRAD_KERNEL,
  WINOGRAD_KERNEL_SLOPE,
  WINOGRAD_MAP,
  WINOGRAD_SLOPES,
  WINOGRAD_STRIDED,
} from '../opcodes'
import { PANEL, tileMatrixWords } from '../scratch'
import { kernelSlopes, transformKernels } from './kernels'
import {
  IMAGES,
  RESULTS,
  SLOPES,
  SPREAD_IMAGES,
  SPREAD_RESULTS,
  STRIDED_IMAGES,
  STRIDED_RESULTS,
  STRIDED_SLOPES,
} from './lines'
import { stripOfPairs, stripOfRows } from './strips'
import { end, first, scratch } from './threads'
import {
  columnsOfBlock,
  enterBlock,
  PAIRS,
  PANELS,
  readBlocks,
  results,
  ROWS,
  rowsOfBlock,
  tiles,
  transform,
} from './tiles'

// Convolution with kernels of 3 × 3 by tiles of 2 × 2 results: Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, where the elementwise products, added up over
// channels, are 16 products of matrices (25 where the window steps by two). A thread takes a block of tiles from images to results: what is
// between stays in its cache.

const WIDTH: i32 = <i32>PANEL

/** Images into results, a block of tiles at a time. */
function mapBlocks(command: usize): void {
  const scheme = load<i32>(command, 24)
  const to = <usize>load<u32>(command, 12)
  const from = <usize>load<u32>(command, 16)
  const kernel = <usize>load<u32>(command, 20)
  const images = load<i32>(command, 28)
  const channels = load<i32>(command, 32)
  const height = load<i32>(command, 36)
  const width = load<i32>(command, 40)
  const features = load<i32>(command, 44)
  const outHeight = load<i32>(command, 48)
  const outWidth = load<i32>(command, 52)
  const top = load<i32>(command, 56)
  const left = load<i32>(command, 60)
  const toTop = load<i32>(command, 64)
  const toLeft = load<i32>(command, 68)
  const blocks = readBlocks(images, command + 72)
  const elements = scheme == WINOGRAD_EACH ? 16 : 25
  const depth = (channels + 3) & ~3
  const panels = (features + WIDTH - 1) / WIDTH
  const rowBytes = (<usize>(panels * WIDTH)) << 2
  const panelBytes = (<usize>depth) << 6
  const most = (rowsOfBlock * columnsOfBlock + 1) & ~1
  const tileBytes = (<usize>tileMatrixWords(most, depth)) << 2
  const resultBytes = (<usize>tileMatrixWords(most, panels * WIDTH)) << 2
  const made = scratch + <usize>elements * tileBytes
  const lines = made + <usize>elements * resultBytes
  const last = end(blocks, 1)
  for (let block = first(blocks, 1); block < last; block++) {
    enterBlock(block, images)
    transform(
      scheme == WINOGRAD_EACH ? IMAGES : scheme == WINOGRAD_STRIDED ? STRIDED_IMAGES : SPREAD_IMAGES,
      ROWS,
      scratch,
      tileBytes,
      depth,
      from,
      channels,
      channels,
      height,
      width,
      top,
      left,
      lines,
    )
    let right = kernel
    for (let i = 0; i < elements; i++) {
      const product = made + <usize>i * resultBytes
      for (let panel = 0; panel < panels; panel++, right += panelBytes)
        stripOfRows(
          product + ((<usize>panel) << 6),
          rowBytes,
          scratch + <usize>i * tileBytes,
          right,
          depth,
          (tiles + 1) >> 1,
        )
    }
    results(
      scheme == WINOGRAD_EACH ? RESULTS : scheme == WINOGRAD_STRIDED ? STRIDED_RESULTS : SPREAD_RESULTS,
      to,
      features,
      outHeight,
      outWidth,
      toTop,
      toLeft,
      made,
      resultBytes,
      panels * WIDTH,
      lines,
    )
  }
}

/**
 * The gradient in transformed kernels, [parts, elements, features, channels]: a part of the blocks and a chunk of features and channels at a
 * time. Sizes alone decide what a part is.
 */
function slopeBlocks(command: usize): void {
  const scheme = load<i32>(command, 24)
  const to = <usize>load<u32>(command, 12)
  const from = <usize>load<u32>(command, 16)
  const slopes = <usize>load<u32>(command, 20)
  const images = load<i32>(command, 28)
  const channels = load<i32>(command, 32)
  const height = load<i32>(command, 36)
  const width = load<i32>(command, 40)
  const features = load<i32>(command, 44)
  const outHeight = load<i32>(command, 48)
  const outWidth = load<i32>(command, 52)
  const top = load<i32>(command, 56)
  const left = load<i32>(command, 60)
  const parts = load<i32>(command, 64)
  const chunk = load<i32>(command, 68)
  const blocks = readBlocks(images, command + 72)
  const elements = scheme == WINOGRAD_EACH ? 16 : 25
  const most = rowsOfBlock * columnsOfBlock
  const pairedFeatures = (features + 3) & ~3
  const paneledChannels = (channels + WIDTH - 1) & ~(WIDTH - 1)
  const rowBytes = (<usize>paneledChannels) << 2
  const elementBytes = <usize>pairedFeatures * rowBytes
  const panelBytes = (<usize>tileMatrixWords(most, min(chunk, paneledChannels))) << 2
  const pairBytes = (<usize>tileMatrixWords(most, min(chunk, pairedFeatures))) << 2
  const left0 = scratch + <usize>elements * panelBytes
  const lines = left0 + <usize>elements * pairBytes
  const channelChunks = (channels + chunk - 1) / chunk
  const chunks = channelChunks * ((features + chunk - 1) / chunk)
  const units = parts * chunks
  const last = end(units, 1)
  for (let unit = first(units, 1); unit < last; unit++) {
    const part = unit / chunks
    const corner = unit - part * chunks
    const feature = (corner / channelChunks) * chunk
    const channel = (corner % channelChunks) * chunk
    const someFeatures = min(chunk, features - feature)
    const someChannels = min(chunk, channels - channel)
    const target =
      to + <usize>(part * elements) * elementBytes + <usize>feature * rowBytes + ((<usize>channel) << 2)
    const start = <i32>((<i64>blocks * part) / parts)
    const stop = <i32>((<i64>blocks * (part + 1)) / parts)
    for (let block = start; block < stop; block++) {
      enterBlock(block, images)
      transform(
        scheme == WINOGRAD_EACH ? IMAGES : STRIDED_IMAGES,
        PANELS,
        scratch,
        panelBytes,
        0,
        from + ((<usize>(channel * height * width)) << 2),
        channels,
        someChannels,
        height,
        width,
        top,
        left,
        lines,
      )
      transform(
        scheme == WINOGRAD_EACH ? SLOPES : STRIDED_SLOPES,
        PAIRS,
        left0,
        pairBytes,
        0,
        slopes + ((<usize>(feature * outHeight * outWidth)) << 2),
        features,
        someFeatures,
        outHeight,
        outWidth,
        0,
        0,
        lines,
      )
      for (let i = 0; i < elements; i++)
        for (let panel = 0; panel < someChannels; panel += WIDTH)
          stripOfPairs(
            target + <usize>i * elementBytes + ((<usize>panel) << 2),
            rowBytes,
            left0 + <usize>i * pairBytes,
            scratch + <usize>i * panelBytes + ((<usize>(panel * tiles)) << 2),
            tiles,
            (someFeatures + 1) >> 1,
            block > start,
          )
    }
  }
}

/** [WINOGRAD, words, kind, to, from, …], see opcodes.ts. */
export function winograd(command: usize): void {
  const kind = load<i32>(command, 8)
  if (kind == WINOGRAD_MAP) mapBlocks(command)
  else if (kind == WINOGRAD_SLOPES) slopeBlocks(command)
  else if (kind == WINOGRAD_KERNEL) transformKernels(command)
  else if (kind == WINOGRAD_KERNEL_SLOPE) kernelSlopes(command)
  else unreachable()
}
