import { PANEL } from '../scratch'

const WIDTH: i32 = <i32>PANEL
const PANEL_BYTES: usize = (<usize>PANEL) << 2

/** Turns a 4 × 4 tile: rows of the source become columns. Steps are in bytes. */
@inline function turn(to: usize, from: usize, toStep: usize, fromStep: usize): void {
  const a = v128.load(from)
  const b = v128.load(from + fromStep)
  const c = v128.load(from + 2 * fromStep)
  const d = v128.load(from + 3 * fromStep)
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2))
  v128.store(to + toStep, v128.shuffle<i64>(ab, cd, 1, 3))
  v128.store(to + 2 * toStep, v128.shuffle<i64>(abHigh, cdHigh, 0, 2))
  v128.store(to + 3 * toStep, v128.shuffle<i64>(abHigh, cdHigh, 1, 3))
}

/** `depth` rows of sixteen columns of the right operand, one row after the other; zeros where there are fewer columns. Steps are in bytes. */
export function packPanel(
  to: usize,
  from: usize,
  rowStep: usize,
  columnStep: usize,
  depth: i32,
  columns: i32,
): void {
  if (columns == WIDTH && columnStep == 4) {
    const last = to + <usize>depth * PANEL_BYTES
    for (; to < last; to += PANEL_BYTES, from += rowStep) {
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
      v128.store(to, v128.load(from, 32), 32)
      v128.store(to, v128.load(from, 48), 48)
    }
    return
  }
  let row = 0
  if (columns == WIDTH && rowStep == 4) {
    for (; row + 4 <= depth; row += 4, to += 4 * PANEL_BYTES, from += 16) {
      turn(to, from, PANEL_BYTES, columnStep)
      turn(to + 16, from + 4 * columnStep, PANEL_BYTES, columnStep)
      turn(to + 32, from + 8 * columnStep, PANEL_BYTES, columnStep)
      turn(to + 48, from + 12 * columnStep, PANEL_BYTES, columnStep)
    }
  }
  for (; row < depth; row++, to += PANEL_BYTES, from += rowStep) {
    let column = 0
    for (; column < columns; column++)
      store<u32>(to + ((<usize>column) << 2), load<u32>(from + <usize>column * columnStep))
    for (; column < WIDTH; column++) store<u32>(to + ((<usize>column) << 2), 0)
  }
}

/** Rows that are packed together: their columns' elements fill lines of the cache. */
export const BAND: i32 = 16

/**
 * `depth` columns of up to sixteen rows of the left operand, row after row. Steps are in bytes.
 * Rows that lie across memory are turned four by four.
 */
export function packBand(
  to: usize,
  from: usize,
  rowStep: usize,
  columnStep: usize,
  depth: i32,
  rows: i32,
): void {
  const toStep = (<usize>depth) << 2
  if (columnStep == 4) {
    for (let row = 0; row < rows; row++, to += toStep, from += rowStep) memory.copy(to, from, toStep)
    return
  }
  let k = 0
  if (rowStep == 4 && rows == BAND) {
    for (; k + 4 <= depth; k += 4, from += 4 * columnStep) {
      let at = to + ((<usize>k) << 2)
      turn(at, from, toStep, columnStep)
      at += 4 * toStep
      turn(at, from + 16, toStep, columnStep)
      at += 4 * toStep
      turn(at, from + 32, toStep, columnStep)
      at += 4 * toStep
      turn(at, from + 48, toStep, columnStep)
    }
  }
  for (; k < depth; k++, from += columnStep) {
    let at = to + ((<usize>k) << 2)
    for (let row: usize = 0; row < <usize>rows; row++, at += toStep)
      store<u32>(at, load<u32>(from + row * rowStep))
  }
}
