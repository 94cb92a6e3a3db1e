import { PANEL } from '../scratch'
import { scratch } from './threads'

// The micro-kernel of products: tiles of 2 × 16, whose eight registers hold sums over the whole depth of a block, in order; each such sum is
// then stored, or added to the result.

const WIDTH: i32 = <i32>PANEL
/** Scratch of a thread where tiles at the edge are put first. */
export const TILE_BYTES: usize = 128

/** Bytes from a row of the result to the next, and from a column to the next. */
export let toRow: usize = 0
export let toColumn: usize = 0

export function stepResult(row: usize, column: usize): void {
  toRow = row
  toColumn = column
}

/** The part of a tile that lies inside the result, from `tile`, where all of it was put. */
function storePart(tile: usize, to: usize, rows: i32, columns: i32, adds: bool): void {
  for (let i = 0; i < rows; i++) {
    let at = to + <usize>i * toRow
    for (let j = 0; j < columns; j++, at += toColumn) {
      const x = load<f32>(tile + ((<usize>(i * WIDTH + j)) << 2))
      store<f32>(at, adds ? load<f32>(at) + x : x)
    }
  }
}


@inline function storeRow(to: usize, adds: bool, a: v128, b: v128, c: v128, d: v128): void {
  if (adds) {
    v128.store(to, f32x4.add(v128.load(to), a))
    v128.store(to, f32x4.add(v128.load(to, 16), b), 16)
    v128.store(to, f32x4.add(v128.load(to, 32), c), 32)
    v128.store(to, f32x4.add(v128.load(to, 48), d), 48)
  } else {
    v128.store(to, a)
    v128.store(to, b, 16)
    v128.store(to, c, 32)
    v128.store(to, d, 48)
  }
}

/** Four columns of two rows, of a result that is stored transposed. */
@inline function storePairs(to: usize, adds: bool, a: v128, b: v128): void {
  let low = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
  let high = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
  const second = to + toColumn
  const third = second + toColumn
  const fourth = third + toColumn
  if (adds) {
    low = f32x4.add(v128.load_lane<u64>(second, v128.load64_zero(to), 1), low)
    high = f32x4.add(v128.load_lane<u64>(fourth, v128.load64_zero(third), 1), high)
  }
  v128.store_lane<u64>(to, low, 0)
  v128.store_lane<u64>(second, low, 1)
  v128.store_lane<u64>(third, high, 0)
  v128.store_lane<u64>(fourth, high, 1)
}

/**
 * Rows of the left operand, each contiguous and `leftRow` bytes after the one before, times a packed panel. Two rows at a time.
 *
 * The processor executes four vector operations a cycle and takes up six of any kind, of which a step of the depth has 24; so pointers and
 * counts are moved once in several steps. Steps are kept apart by a way out between them: engines schedule what lies in one block as they
 * like, and then have more values alive than there are registers.
 */
export function strip(
  to: usize,
  left: usize,
  leftRow: usize,
  panel: usize,
  depth: i32,
  rows: i32,
  columns: i32,
  adds: bool,
): void {
  for (; rows > 0; rows -= 2, left += 2 * leftRow, to += 2 * toRow) {
    let a = left
    let b = rows > 1 ? left + leftRow : left
    let at = panel
    let k = depth
    let a0 = f32x4.splat(0)
    let a1 = a0
    let a2 = a0
    let a3 = a0
    let b0 = a0
    let b1 = a0
    let b2 = a0
    let b3 = a0
    for (;;) {
      {
        const x = v128.load32_splat(a)
        const y = v128.load32_splat(b)
        let r = v128.load(at)
        a0 = f32x4.add(a0, f32x4.mul(x, r))
        b0 = f32x4.add(b0, f32x4.mul(y, r))
        r = v128.load(at, 16)
        a1 = f32x4.add(a1, f32x4.mul(x, r))
        b1 = f32x4.add(b1, f32x4.mul(y, r))
        r = v128.load(at, 32)
        a2 = f32x4.add(a2, f32x4.mul(x, r))
        b2 = f32x4.add(b2, f32x4.mul(y, r))
        r = v128.load(at, 48)
        a3 = f32x4.add(a3, f32x4.mul(x, r))
        b3 = f32x4.add(b3, f32x4.mul(y, r))
      }
      if (k == 1) break
      {
        const x = v128.load32_splat(a, 4)
        const y = v128.load32_splat(b, 4)
        let r = v128.load(at, 64)
        a0 = f32x4.add(a0, f32x4.mul(x, r))
        b0 = f32x4.add(b0, f32x4.mul(y, r))
        r = v128.load(at, 80)
        a1 = f32x4.add(a1, f32x4.mul(x, r))
        b1 = f32x4.add(b1, f32x4.mul(y, r))
        r = v128.load(at, 96)
        a2 = f32x4.add(a2, f32x4.mul(x, r))
        b2 = f32x4.add(b2, f32x4.mul(y, r))
        r = v128.load(at, 112)
        a3 = f32x4.add(a3, f32x4.mul(x, r))
        b3 = f32x4.add(b3, f32x4.mul(y, r))
      }
      if (k == 2) break
      {
        const x = v128.load32_splat(a, 8)
        const y = v128.load32_splat(b, 8)
        let r = v128.load(at, 128)
        a0 = f32x4.add(a0, f32x4.mul(x, r))
        b0 = f32x4.add(b0, f32x4.mul(y, r))
        r = v128.load(at, 144)
        a1 = f32x4.add(a1, f32x4.mul(x, r))
        b1 = f32x4.add(b1, f32x4.mul(y, r))
        r = v128.load(at, 160)
        a2 = f32x4.add(a2, f32x4.mul(x, r))
        b2 = f32x4.add(b2, f32x4.mul(y, r))
        r = v128.load(at, 176)
        a3 = f32x4.add(a3, f32x4.mul(x, r))
        b3 = f32x4.add(b3, f32x4.mul(y, r))
      }
      if (k == 3) break
      {
        const x = v128.load32_splat(a, 12)
        const y = v128.load32_splat(b, 12)
        let r = v128.load(at, 192)
        a0 = f32x4.add(a0, f32x4.mul(x, r))
        b0 = f32x4.add(b0, f32x4.mul(y, r))
        r = v128.load(at, 208)
        a1 = f32x4.add(a1, f32x4.mul(x, r))
        b1 = f32x4.add(b1, f32x4.mul(y, r))
        r = v128.load(at, 224)
        a2 = f32x4.add(a2, f32x4.mul(x, r))
        b2 = f32x4.add(b2, f32x4.mul(y, r))
        r = v128.load(at, 240)
        a3 = f32x4.add(a3, f32x4.mul(x, r))
        b3 = f32x4.add(b3, f32x4.mul(y, r))
      }
      if (k == 4) break
      {
        const x = v128.load32_splat(a, 16)
        const y = v128.load32_splat(b, 16)
        let r = v128.load(at, 256)
        a0 = f32x4.add(a0, f32x4.mul(x, r))
        b0 = f32x4.add(b0, f32x4.mul(y, r))
        r = v128.load(at, 272)
        a1 = f32x4.add(a1, f32x4.mul(x, r))
        b1 = f32x4.add(b1, f32x4.mul(y, r))
        r = v128.load(at, 288)
        a2 = f32x4.add(a2, f32x4.mul(x, r))
        b2 = f32x4.add(b2, f32x4.mul(y, r))
        r = v128.load(at, 304)
        a3 = f32x4.add(a3, f32x4.mul(x, r))
        b3 = f32x4.add(b3, f32x4.mul(y, r))
      }
      if (k == 5) break
      {
        const x = v128.load32_splat(a, 20)
        const y = v128.load32_splat(b, 20)
        let r = v128.load(at, 320)
        a0 = f32x4.add(a0, f32x4.mul(x, r))
        b0 = f32x4.add(b0, f32x4.mul(y, r))
        r = v128.load(at, 336)
        a1 = f32x4.add(a1, f32x4.mul(x, r))
        b1 = f32x4.add(b1, f32x4.mul(y, r))
        r = v128.load(at, 352)
        a2 = f32x4.add(a2, f32x4.mul(x, r))
        b2 = f32x4.add(b2, f32x4.mul(y, r))
        r = v128.load(at, 368)
        a3 = f32x4.add(a3, f32x4.mul(x, r))
        b3 = f32x4.add(b3, f32x4.mul(y, r))
      }
      if (k == 6) break
      {
        const x = v128.load32_splat(a, 24)
        const y = v128.load32_splat(b, 24)
        let r = v128.load(at, 384)
        a0 = f32x4.add(a0, f32x4.mul(x, r))
        b0 = f32x4.add(b0, f32x4.mul(y, r))
        r = v128.load(at, 400)
        a1 = f32x4.add(a1, f32x4.mul(x, r))
        b1 = f32x4.add(b1, f32x4.mul(y, r))
        r = v128.load(at, 416)
        a2 = f32x4.add(a2, f32x4.mul(x, r))
        b2 = f32x4.add(b2, f32x4.mul(y, r))
        r = v128.load(at, 432)
        a3 = f32x4.add(a3, f32x4.mul(x, r))
        b3 = f32x4.add(b3, f32x4.mul(y, r))
      }
      if (k == 7) break
      {
        const x = v128.load32_splat(a, 28)
        const y = v128.load32_splat(b, 28)
        let r = v128.load(at, 448)
        a0 = f32x4.add(a0, f32x4.mul(x, r))
        b0 = f32x4.add(b0, f32x4.mul(y, r))
        r = v128.load(at, 464)
        a1 = f32x4.add(a1, f32x4.mul(x, r))
        b1 = f32x4.add(b1, f32x4.mul(y, r))
        r = v128.load(at, 480)
        a2 = f32x4.add(a2, f32x4.mul(x, r))
        b2 = f32x4.add(b2, f32x4.mul(y, r))
        r = v128.load(at, 496)
        a3 = f32x4.add(a3, f32x4.mul(x, r))
        b3 = f32x4.add(b3, f32x4.mul(y, r))
      }
      a += 32
      b += 32
      at += 512
      k -= 8
      if (k == 0) break
    }
    if (columns == WIDTH && toColumn == 4) {
      storeRow(to, adds, a0, a1, a2, a3)
      if (rows > 1) storeRow(to + toRow, adds, b0, b1, b2, b3)
    } else if (columns == WIDTH && rows > 1 && toRow == 4) {
      storePairs(to, adds, a0, b0)
      storePairs(to + 4 * toColumn, adds, a1, b1)
      storePairs(to + 8 * toColumn, adds, a2, b2)
      storePairs(to + 12 * toColumn, adds, a3, b3)
    } else {
      storeRow(scratch, false, a0, a1, a2, a3)
      storeRow(scratch + 64, false, b0, b1, b2, b3)
      storePart(scratch, to, min(rows, 2), columns, adds)
    }
  }
}

/** One row of the left operand times sixteen columns of the right where they stand, of which not all need be there. Steps are in bytes. */
export function rowTile(
  to: usize,
  left: usize,
  leftStep: usize,
  right: usize,
  rightStep: usize,
  depth: i32,
  adds: bool,
): void {
  let a0 = f32x4.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  for (let k = 0; k < depth; k++) {
    const x = v128.load32_splat(left)
    a0 = f32x4.add(a0, f32x4.mul(x, v128.load(right)))
    a1 = f32x4.add(a1, f32x4.mul(x, v128.load(right, 16)))
    a2 = f32x4.add(a2, f32x4.mul(x, v128.load(right, 32)))
    a3 = f32x4.add(a3, f32x4.mul(x, v128.load(right, 48)))
    left += leftStep
    right += rightStep
  }
  if (toColumn == 4) storeRow(to, adds, a0, a1, a2, a3)
  else {
    storeRow(scratch, false, a0, a1, a2, a3)
    storePart(scratch, to, 1, WIDTH, adds)
  }
}
