import { gives, mapHalved, mapLines, STRIDED_IMAGES, takes } from './lines'
import { bringLine, putLine } from './pixels'

// Images into transformed tiles and back, a block of tiles at a time. A vector holds one pixel of four channels, so that each map's results are
// stored as products read them.

/** How transformed tiles stand in a matrix: rows of channels; panels of sixteen channels, a tile after the other; pairs of channels, likewise. */
export const ROWS: i32 = 0
export const PANELS: i32 = 1
export const PAIRS: i32 = 2

// The block at hand.
let firstRow: i32 = 0
let lastRow: i32 = 0
let firstColumn: i32 = 0
export let columns: i32 = 0
export let tiles: i32 = 0

let down: i32 = 0
let across: i32 = 0
export let rowsOfBlock: i32 = 0
export let columnsOfBlock: i32 = 0
let blocksAcross: i32 = 0

/** Reads how tiles are parted into blocks; returns the number of blocks. */
export function readBlocks(images: i32, at: usize): i32 {
  down = load<i32>(at)
  across = load<i32>(at, 4)
  rowsOfBlock = load<i32>(at, 8)
  columnsOfBlock = load<i32>(at, 12)
  blocksAcross = (across + columnsOfBlock - 1) / columnsOfBlock
  return ((images * down + rowsOfBlock - 1) / rowsOfBlock) * blocksAcross
}

export function enterBlock(block: i32, images: i32): void {
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
export function transform(
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
export function results(
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
