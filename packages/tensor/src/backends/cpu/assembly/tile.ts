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

/** Two rows of the left operand, at `a` and `b`, times sixteen columns of the right. Steps are in bytes. */
@inline function tile(
  to: usize,
  a: usize,
  b: usize,
  leftStep: usize,
  right: usize,
  rightStep: usize,
  depth: i32,
  rows: i32,
  columns: i32,
  adds: bool,
): void {
  let a0 = f32x4.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  let b0 = a0
  let b1 = a0
  let b2 = a0
  let b3 = a0
  for (let k = 0; k < depth; k++) {
    const r0 = v128.load(right)
    const r1 = v128.load(right, 16)
    const r2 = v128.load(right, 32)
    const r3 = v128.load(right, 48)
    let x = v128.load32_splat(a)
    a0 = f32x4.add(a0, f32x4.mul(x, r0))
    a1 = f32x4.add(a1, f32x4.mul(x, r1))
    a2 = f32x4.add(a2, f32x4.mul(x, r2))
    a3 = f32x4.add(a3, f32x4.mul(x, r3))
    x = v128.load32_splat(b)
    b0 = f32x4.add(b0, f32x4.mul(x, r0))
    b1 = f32x4.add(b1, f32x4.mul(x, r1))
    b2 = f32x4.add(b2, f32x4.mul(x, r2))
    b3 = f32x4.add(b3, f32x4.mul(x, r3))
    a += leftStep
    b += leftStep
    right += rightStep
  }
  if (columns == WIDTH && toColumn == 4) {
    storeRow(to, adds, a0, a1, a2, a3)
    if (rows > 1) storeRow(to + toRow, adds, b0, b1, b2, b3)
  } else if (columns == WIDTH && rows == 2 && toRow == 4) {
    storePairs(to, adds, a0, b0)
    storePairs(to + 4 * toColumn, adds, a1, b1)
    storePairs(to + 8 * toColumn, adds, a2, b2)
    storePairs(to + 12 * toColumn, adds, a3, b3)
  } else {
    storeRow(scratch, false, a0, a1, a2, a3)
    storeRow(scratch + 64, false, b0, b1, b2, b3)
    storePart(scratch, to, rows, columns, adds)
  }
}

/** A tile of packed operands. */
export function packedTile(
  to: usize,
  left: usize,
  right: usize,
  depth: i32,
  rows: i32,
  columns: i32,
  adds: bool,
): void {
  tile(to, left, left + 4, 8, right, 64, depth, rows, columns, adds)
}

/** A tile of operands where they stand. */
export function directTile(
  to: usize,
  a: usize,
  b: usize,
  leftStep: usize,
  right: usize,
  rightStep: usize,
  depth: i32,
  rows: i32,
  columns: i32,
  adds: bool,
): void {
  tile(to, a, b, leftStep, right, rightStep, depth, rows, columns, adds)
}
