// Products of what one thread has packed for itself, by tiles of 2 × 16 results whose eight registers hold whole sums, in order. Nothing is
// at an edge: rows come in pairs and columns by sixteen.

/** Two rows of the left operand, at `left` and `below` bytes further, times sixteen columns of the right. */
@inline
function strip(
  to: usize,
  toRow: usize,
  left: usize,
  below: usize,
  step: usize,
  right: usize,
  depth: i32,
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
  const last = right + ((<usize>depth) << 6)
  for (; right < last; right += 64, left += step) {
    const r0 = v128.load(right)
    const r1 = v128.load(right, 16)
    const r2 = v128.load(right, 32)
    const r3 = v128.load(right, 48)
    let x = v128.load32_splat(left)
    a0 = f32x4.add(a0, f32x4.mul(x, r0))
    a1 = f32x4.add(a1, f32x4.mul(x, r1))
    a2 = f32x4.add(a2, f32x4.mul(x, r2))
    a3 = f32x4.add(a3, f32x4.mul(x, r3))
    x = v128.load32_splat(left + below)
    b0 = f32x4.add(b0, f32x4.mul(x, r0))
    b1 = f32x4.add(b1, f32x4.mul(x, r1))
    b2 = f32x4.add(b2, f32x4.mul(x, r2))
    b3 = f32x4.add(b3, f32x4.mul(x, r3))
  }
  const second = to + toRow
  if (adds) {
    a0 = f32x4.add(v128.load(to), a0)
    a1 = f32x4.add(v128.load(to, 16), a1)
    a2 = f32x4.add(v128.load(to, 32), a2)
    a3 = f32x4.add(v128.load(to, 48), a3)
    b0 = f32x4.add(v128.load(second), b0)
    b1 = f32x4.add(v128.load(second, 16), b1)
    b2 = f32x4.add(v128.load(second, 32), b2)
    b3 = f32x4.add(v128.load(second, 48), b3)
  }
  v128.store(to, a0)
  v128.store(to, a1, 16)
  v128.store(to, a2, 32)
  v128.store(to, a3, 48)
  v128.store(second, b0)
  v128.store(second, b1, 16)
  v128.store(second, b2, 32)
  v128.store(second, b3, 48)
}

/** `pairs` pairs of rows of `depth` words each, one row after the other, times a panel of sixteen columns. */
export function stripOfRows(
  to: usize,
  toRow: usize,
  left: usize,
  right: usize,
  depth: i32,
  pairs: i32,
): void {
  const rowBytes = (<usize>depth) << 2
  for (let pair = 0; pair < pairs; pair++, to += 2 * toRow, left += 2 * rowBytes)
    strip(to, toRow, left, rowBytes, 4, right, depth, false)
}

/** As `stripOfRows`, the rows of each pair packed element by element; adds to the result if asked. */
export function stripOfPairs(
  to: usize,
  toRow: usize,
  left: usize,
  right: usize,
  depth: i32,
  pairs: i32,
  adds: bool,
): void {
  const pairBytes = (<usize>depth) << 3
  for (let pair = 0; pair < pairs; pair++, to += 2 * toRow, left += pairBytes) {
    if (adds) strip(to, toRow, left, 4, 8, right, depth, true)
    else strip(to, toRow, left, 4, 8, right, depth, false)
  }
}
