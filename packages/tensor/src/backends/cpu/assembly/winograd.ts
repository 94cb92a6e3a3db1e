import {
  WINOGRAD_EACH,
  WINOGRAD_KERNEL,
  WINOGRAD_KERNEL_SLOPE,
  WINOGRAD_MAP,
  WINOGRAD_SLOPES,
  WINOGRAD_STRIDED,
} from '../opcodes'
import { PANEL, tileMatrixWords } from '../scratch'
import { fillWords } from './fill'
import {
  gives,
  IMAGES,
  KERNEL_SLOPES,
  KERNELS,
  mapHalved,
  mapLines,
  RESULTS,
  SLOPES,
  SPREAD_IMAGES,
  SPREAD_RESULTS,
  STRIDED_IMAGES,
  STRIDED_KERNEL_SLOPES,
  STRIDED_KERNELS,
  STRIDED_RESULTS,
  STRIDED_SLOPES,
  takes,
} from './lines'
import { bringLine, putLine } from './pixels'
import { stripOfPairs, stripOfRows } from './strips'
import { end, first, scratch } from './threads'

// Convolution with kernels of 3 × 3 by tiles of 2 × 2 results: Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, where the elementwise products, added up over
// channels, are 16 products of matrices (25 where the window steps by two). A thread takes a block of tiles from images to results: what is
// between stays in its cache. A vector holds one pixel of four channels, so that each map's results are stored as products read them.

const WIDTH: i32 = <i32>PANEL

/** How transformed tiles stand in a matrix: rows of channels; panels of sixteen channels, a tile after the other; pairs of channels, likewise. */
const ROWS: i32 = 0
const PANELS: i32 = 1
const PAIRS: i32 = 2

// The block at hand.
let firstRow: i32 = 0
let lastRow: i32 = 0
let firstColumn: i32 = 0
let columns: i32 = 0
let tiles: i32 = 0

let down: i32 = 0
let across: i32 = 0
let rowsOfBlock: i32 = 0
let columnsOfBlock: i32 = 0
let blocksAcross: i32 = 0

/** Reads how tiles are parted into blocks; returns the number of blocks. */
function readBlocks(images: i32, at: usize): i32 {
  down = load<i32>(at)
  across = load<i32>(at, 4)
  rowsOfBlock = load<i32>(at, 8)
  columnsOfBlock = load<i32>(at, 12)
  blocksAcross = (across + columnsOfBlock - 1) / columnsOfBlock
  return ((images * down + rowsOfBlock - 1) / rowsOfBlock) * blocksAcross
}

function enterBlock(block: i32, images: i32): void {
  const above = block / blocksAcross
  firstRow = above * rowsOfBlock
  lastRow = min(images * down, firstRow + rowsOfBlock)
  firstColumn = (block - above * blocksAcross) * columnsOfBlock
  columns = min(columnsOfBlock, across - firstColumn)
  tiles = (lastRow - firstRow) * columns
}

/** The distance of one row of vectors of a patch, or of results, to that of the next tile. */
function strideOf(map: i32): i32 {
  return map == STRIDED_IMAGES ? 4 : 2
}

/**
 * The block's tiles of `count` channels, transformed: one matrix for each element, `matrixBytes` apart. Patches begin at row
 * 2·y − top (4·y − top where windows step by two). `lines` is room for them.
 */
function transform(
  map: i32,
  form: i32,
  to: usize,
  matrixBytes: usize,
  depth: i32,
  plane: usize,
  channels: i32,
  count: i32,
  height: i32,
  width: i32,
  top: i32,
  left: i32,
  lines: usize,
): void {
  const elements = gives(map)
  const stride = strideOf(map)
  const planeBytes = (<usize>(height * width)) << 2
  const pixelColumns = takes(map) + stride * (columns - 1)
  const tileBytes = (<usize>elements) << 4
  const lineBytes = <usize>columns * tileBytes
  const pixels = lines
  const mapped = lines + ((<usize>pixelColumns) << 4)
  const step: usize = form == ROWS ? (<usize>depth) << 2 : form == PANELS ? 64 : 8
  const pairBytes = (<usize>tiles) << 3
  const panelBytes = (<usize>tiles) << 6
  const matrixRow = <usize>elements * matrixBytes
  let at = to
  for (let row = firstRow; row < lastRow;) {
    const image = row / down
    const y = row - image * down
    const rows = min(lastRow - row, down - y)
    const pixelRows = takes(map) + stride * (rows - 1)
    for (let channel = 0; channel < count; channel += 4) {
      const from = plane + <usize>(image * channels + channel) * planeBytes
      let line = mapped
      for (let i = 0; i < pixelRows; i++) {
        bringLine(
          pixels,
          from,
          min(4, count - channel),
          stride * y - top + i,
          stride * firstColumn - left,
          pixelColumns,
          height,
          width,
        )
        mapLines(map, columns, line, tileBytes, 16, pixels, stride << 4, 16)
        line += lineBytes
      }
      let target =
        at +
        (form == ROWS
          ? (<usize>channel) << 2
          : form == PANELS
            ? <usize>(channel >> 4) * panelBytes + ((<usize>(channel & 15)) << 2)
            : <usize>(channel >> 1) * pairBytes)
      for (let i = 0; i < rows; i++) {
        let tile = mapped + <usize>(i * stride) * lineBytes
        for (let j: usize = 0; j < <usize>elements; j++, tile += 16) {
          const matrix = target + j * matrixBytes
          if (form == PAIRS)
            mapHalved(map, columns, matrix, step, matrixRow, tile, tileBytes, lineBytes, pairBytes)
          else mapLines(map, columns, matrix, step, matrixRow, tile, tileBytes, lineBytes)
        }
        target += <usize>columns * step
      }
    }
    at += <usize>(rows * columns) * step
    row += rows
  }
}

/** Products of the block's tiles, rows of `depth` features each, into images. The first result of tile (0, 0) is pixel (top, left). */
function results(
  map: i32,
  plane: usize,
  features: i32,
  height: i32,
  width: i32,
  top: i32,
  left: i32,
  from: usize,
  matrixBytes: usize,
  depth: i32,
  lines: usize,
): void {
  const elements = takes(map)
  const side = gives(map)
  const planeBytes = (<usize>(height * width)) << 2
  const step = (<usize>depth) << 2
  const matrixRow = <usize>elements * matrixBytes
  const half = lines
  const halfLine = (<usize>(elements * columns)) << 4
  const pixels = half + <usize>side * halfLine
  const lineBytes = (<usize>(side * columns)) << 4
  let at = from
  for (let row = firstRow; row < lastRow; row++, at += <usize>columns * step) {
    const image = row / down
    const y = side * (row - image * down) + top
    for (let feature = 0; feature < features; feature += 4) {
      const tile = at + ((<usize>feature) << 2)
      for (let j: usize = 0; j < <usize>elements; j++)
        mapLines(
          map,
          columns,
          half + (j << 4),
          elements << 4,
          halfLine,
          tile + j * matrixBytes,
          step,
          matrixRow,
        )
      for (let i: usize = 0; i < <usize>side; i++)
        mapLines(map, columns, pixels + i * lineBytes, side << 4, 16, half + i * halfLine, elements << 4, 16)
      const target = plane + <usize>(image * features + feature) * planeBytes
      for (let i = 0; i < side; i++)
        putLine(
          pixels + <usize>i * lineBytes,
          target,
          min(4, features - feature),
          y + i,
          side * firstColumn + left,
          side * columns,
          height,
          width,
        )
    }
  }
}

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

/** G g Gᵀ of every kernel as panels of the right operand, [elements, panels, depth, 16]; of the kernels turned by half a circle, if asked. */
function kernels(command: usize): void {
  const map = load<i32>(command, 20) == WINOGRAD_EACH ? KERNELS : STRIDED_KERNELS
  const to = <usize>load<u32>(command, 12)
  const from = <usize>load<u32>(command, 16)
  const features = load<i32>(command, 24)
  const channels = load<i32>(command, 28)
  const isTurned = load<i32>(command, 32) != 0
  const made = isTurned ? channels : features
  const added = isTurned ? features : channels
  const madeBytes = <usize>(36 * (isTurned ? 1 : channels))
  const addedBytes = <usize>(36 * (isTurned ? channels : 1))
  const depth = (added + 3) & ~3
  const quads = ((made + WIDTH - 1) / WIDTH) * 4
  const elements = gives(map)
  const matrixBytes = (<usize>(quads * depth)) << 4
  const half = scratch + 9 * 16
  const units = quads * depth
  const last = end(units, 16)
  for (let unit = first(units, 16); unit < last; unit++) {
    const quad = unit / depth
    const term = unit - quad * depth
    const lanes = term < added ? min(4, made - 4 * quad) : 0
    fillWords(scratch, 0, 36)
    for (let lane = 0; lane < lanes; lane++) {
      const kernel = from + <usize>(4 * quad + lane) * madeBytes + <usize>term * addedBytes
      for (let i = 0; i < 9; i++)
        store<u32>(
          scratch + ((<usize>(4 * i + lane)) << 2),
          load<u32>(kernel + ((<usize>(isTurned ? 8 - i : i)) << 2)),
        )
    }
    mapLines(map, 3, half, elements << 4, 16, scratch, 48, 16)
    const target =
      to + <usize>(quad >> 2) * ((<usize>depth) << 6) + ((<usize>term) << 6) + ((<usize>(quad & 3)) << 4)
    mapLines(map, elements, target, matrixBytes, <usize>elements * matrixBytes, half, 16, elements << 4)
  }
}

/** Gᵀ u G of the sums of all parts, added up in their order. */
function kernelSlopes(command: usize): void {
  const map = load<i32>(command, 20) == WINOGRAD_EACH ? KERNEL_SLOPES : STRIDED_KERNEL_SLOPES
  const to = <usize>load<u32>(command, 12)
  const from = <usize>load<u32>(command, 16)
  const features = load<i32>(command, 24)
  const channels = load<i32>(command, 28)
  const parts = load<i32>(command, 32)
  const side = takes(map)
  const elements = side * side
  const quads = (channels + 3) >> 2
  const rowBytes = (<usize>((channels + WIDTH - 1) & ~(WIDTH - 1))) << 2
  const elementBytes = <usize>((features + 3) & ~3) * rowBytes
  const half = scratch + ((<usize>elements) << 4)
  const made = half + ((<usize>(3 * side)) << 4)
  const units = features * quads
  const last = end(units, 4)
  for (let unit = first(units, 4); unit < last; unit++) {
    const feature = unit / quads
    const quad = unit - feature * quads
    let at = from + <usize>feature * rowBytes + ((<usize>quad) << 4)
    for (let i = 0; i < elements; i++, at += elementBytes) {
      let sum = v128.load(at)
      let partial = at
      for (let part = 1; part < parts; part++) {
        partial += <usize>elements * elementBytes
        sum = f32x4.add(sum, v128.load(partial))
      }
      v128.store(scratch + ((<usize>i) << 4), sum)
    }
    mapLines(map, side, half, 16, side << 4, scratch, 16, side << 4)
    mapLines(map, 3, made, 48, 16, half, side << 4, 16)
    const lanes = min(4, channels - 4 * quad)
    for (let lane = 0; lane < lanes; lane++) {
      const kernel = to + <usize>(feature * channels + 4 * quad + lane) * 36
      for (let i = 0; i < 9; i++)
        store<u32>(kernel + ((<usize>i) << 2), load<u32>(made + ((<usize>(4 * i + lane)) << 2)))
    }
  }
}

/** [WINOGRAD, words, kind, to, from, …], see opcodes.ts. */
export function winograd(command: usize): void {
  const kind = load<i32>(command, 8)
  if (kind == WINOGRAD_MAP) mapBlocks(command)
  else if (kind == WINOGRAD_SLOPES) slopeBlocks(command)
  else if (kind == WINOGRAD_KERNEL) kernels(command)
  else if (kind == WINOGRAD_KERNEL_SLOPE) kernelSlopes(command)
  else unreachable()
}
