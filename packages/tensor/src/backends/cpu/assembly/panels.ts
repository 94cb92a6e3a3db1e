import { PANEL } from '../scratch'

const WIDTH: i32 = <i32>PANEL
const PANEL_BYTES: usize = (<usize>PANEL) << 2

/** Turns a 4 × 4 tile: reads along the source's columns, writes rows of a panel. */
@inline function packTile(to: usize, from: usize, columnStep: usize): void {
  const a = v128.load(from)
  const b = v128.load(from + columnStep)
  const c = v128.load(from + 2 * columnStep)
  const d = v128.load(from + 3 * columnStep)
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2))
  v128.store(to + PANEL_BYTES, v128.shuffle<i64>(ab, cd, 1, 3))
  v128.store(to + 2 * PANEL_BYTES, v128.shuffle<i64>(abHigh, cdHigh, 0, 2))
  v128.store(to + 3 * PANEL_BYTES, v128.shuffle<i64>(abHigh, cdHigh, 1, 3))
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
      packTile(to, from, columnStep)
      packTile(to + 16, from + 4 * columnStep, columnStep)
      packTile(to + 32, from + 8 * columnStep, columnStep)
      packTile(to + 48, from + 12 * columnStep, columnStep)
    }
  }
  for (; row < depth; row++, to += PANEL_BYTES, from += rowStep) {
    let column = 0
    for (; column < columns; column++)
      store<u32>(to + ((<usize>column) << 2), load<u32>(from + <usize>column * columnStep))
    for (; column < WIDTH; column++) store<u32>(to + ((<usize>column) << 2), 0)
  }
}

/** `depth` columns of two rows of the left operand, one column after the other; zeros where there is one row. Steps are in bytes. */
export function packPair(
  to: usize,
  from: usize,
  rowStep: usize,
  columnStep: usize,
  depth: i32,
  rows: i32,
): void {
  let k = 0
  if (rows == 2) {
    const second = from + rowStep
    if (columnStep == 4) {
      for (; k + 4 <= depth; k += 4, to += 32) {
        const a = v128.load(from + ((<usize>k) << 2))
        const b = v128.load(second + ((<usize>k) << 2))
        v128.store(to, v128.shuffle<i32>(a, b, 0, 4, 1, 5))
        v128.store(to, v128.shuffle<i32>(a, b, 2, 6, 3, 7), 16)
      }
    }
    for (; k < depth; k++, to += 8) {
      store<u32>(to, load<u32>(from + <usize>k * columnStep))
      store<u32>(to, load<u32>(second + <usize>k * columnStep), 4)
    }
    return
  }
  for (; k < depth; k++, to += 8) store<u64>(to, <u64>load<u32>(from + <usize>k * columnStep))
}
