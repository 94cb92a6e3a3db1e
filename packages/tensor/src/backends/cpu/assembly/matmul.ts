import { BREADTH, DEPTH, isDirectProduct, isTransposedProduct, PANEL } from '../scratch'
import { fillWords } from './fill'
import { packPair, packPanel } from './panels'
import { barrier, end, first, scratch } from './threads'
import { directTile, packedTile, stepResult, TILE_BYTES, toColumn, toRow } from './tile'

// A product is made of tiles of 2 × 16, whose eight registers hold sums over up to DEPTH terms, in order; each such sum is then added to the
// result. So the order of every sum depends on its terms alone, wherever a tile lies and whichever thread computes it.

const WIDTH: i32 = <i32>PANEL
const DEEPEST: i32 = <i32>DEPTH
const BROADEST: i32 = <i32>BREADTH
/** Rows of the result that share a panel while it is in the nearest cache. */
const ROWS: i32 = 64

// The product at hand, with the transposition undone. Steps are in bytes.
let m: i32 = 0
let n: i32 = 0
let k: i32 = 0
let leftRow: usize = 0
let leftColumn: usize = 0
let rightRow: usize = 0
let rightColumn: usize = 0

/** Each thread computes strips of 64 × 16, and packs their panels for itself if it has to. */
function direct(
  batch: i32,
  to: usize,
  toBatch: usize,
  left: usize,
  leftBatch: usize,
  right: usize,
  rightBatch: usize,
  adds: bool,
): void {
  const panels = (n + WIDTH - 1) / WIDTH
  const strips = (m + ROWS - 1) / ROWS
  const units = batch * panels * strips
  const buffer = scratch + TILE_BYTES
  const last = end(units, 1)
  for (let unit = first(units, 1); unit < last; unit++) {
    const strip = unit % strips
    const panel = (unit / strips) % panels
    const b = <usize>(unit / strips / panels)
    const columns = min(WIDTH, n - panel * WIDTH)
    const lastRow = min(m, (strip + 1) * ROWS)
    const panelTo = to + b * toBatch + <usize>(panel * WIDTH) * toColumn
    for (let start = 0; start < k; start += DEEPEST) {
      const depth = min(DEEPEST, k - start)
      let source = right + b * rightBatch + <usize>start * rightRow + <usize>(panel * WIDTH) * rightColumn
      let step = rightRow
      if (columns != WIDTH || rightColumn != 4 || m > 4) {
        packPanel(buffer, source, rightRow, rightColumn, depth, columns)
        source = buffer
        step = 64
      }
      for (let row = strip * ROWS; row < lastRow; row += 2) {
        const rows = min(2, m - row)
        const above = left + b * leftBatch + <usize>row * leftRow + <usize>start * leftColumn
        const below = rows > 1 ? above + leftRow : above
        directTile(
          panelTo + <usize>row * toRow,
          above,
          below,
          leftColumn,
          source,
          step,
          depth,
          rows,
          columns,
          adds || start > 0,
        )
      }
    }
  }
}

/** Operands are packed block by block by all threads together; each then computes strips of 64 × 16. */
function packed(to: usize, left: usize, right: usize, packLeft: usize, packRight: usize, adds: bool): void {
  const pairs = (m + 1) / 2
  const strips = (m + ROWS - 1) / ROWS
  for (let column = 0; column < n; column += BROADEST) {
    const breadth = min(BROADEST, n - column)
    const panels = (breadth + WIDTH - 1) / WIDTH
    for (let start = 0; start < k; start += DEEPEST) {
      const depth = min(DEEPEST, k - start)
      const panelBytes = (<usize>depth) << 6
      const pairBytes = (<usize>depth) << 3
      const rightBlock = right + <usize>start * rightRow + <usize>column * rightColumn
      const leftBlock = left + <usize>start * leftColumn
      const lastPanel = end(panels, 1)
      for (let panel = first(panels, 1); panel < lastPanel; panel++) {
        packPanel(
          packRight + <usize>panel * panelBytes,
          rightBlock + <usize>(panel * WIDTH) * rightColumn,
          rightRow,
          rightColumn,
          depth,
          min(WIDTH, breadth - panel * WIDTH),
        )
      }
      const lastPair = end(pairs, 1)
      for (let pair = first(pairs, 1); pair < lastPair; pair++) {
        packPair(
          packLeft + <usize>pair * pairBytes,
          leftBlock + <usize>(pair * 2) * leftRow,
          leftRow,
          leftColumn,
          depth,
          min(2, m - pair * 2),
        )
      }
      barrier()
      const units = strips * panels
      const lastUnit = end(units, 1)
      for (let unit = first(units, 1); unit < lastUnit; unit++) {
        const strip = unit / panels
        const panel = unit - strip * panels
        const columns = min(WIDTH, breadth - panel * WIDTH)
        const lastRow = min(m, (strip + 1) * ROWS)
        const source = packRight + <usize>panel * panelBytes
        let target = to + <usize>(strip * ROWS) * toRow + <usize>(column + panel * WIDTH) * toColumn
        let pair = packLeft + <usize>(strip * (ROWS / 2)) * pairBytes
        for (let row = strip * ROWS; row < lastRow; row += 2) {
          packedTile(target, pair, source, depth, min(2, m - row), columns, adds || start > 0)
          target += 2 * toRow
          pair += pairBytes
        }
      }
      barrier()
    }
  }
}

/**
 * [MATMUL, 20, to, left, right, batch, m, n, k, leftBatch, leftRow, leftColumn, rightBatch, rightRow, rightColumn, toBatch, toRow,
 *  accumulate, packRight, packLeft]
 */
export function matmul(command: usize): void {
  const to = <usize>load<u32>(command, 8)
  let left = <usize>load<u32>(command, 12)
  let right = <usize>load<u32>(command, 16)
  const batch = load<i32>(command, 20)
  m = load<i32>(command, 24)
  n = load<i32>(command, 28)
  k = load<i32>(command, 32)
  let leftBatch = (<usize>load<u32>(command, 36)) << 2
  leftRow = (<usize>load<u32>(command, 40)) << 2
  leftColumn = (<usize>load<u32>(command, 44)) << 2
  let rightBatch = (<usize>load<u32>(command, 48)) << 2
  rightRow = (<usize>load<u32>(command, 52)) << 2
  rightColumn = (<usize>load<u32>(command, 56)) << 2
  const toBatch = (<usize>load<u32>(command, 60)) << 2
  stepResult((<usize>load<u32>(command, 64)) << 2, 4)
  const adds = load<i32>(command, 68) != 0

  if (k == 0) {
    if (adds) return
    const rows = batch * m
    const last = end(rows, 16)
    for (let row = first(rows, 16); row < last; row++) {
      fillWords(to + <usize>(row / m) * toBatch + <usize>(row % m) * toRow, 0, n)
    }
    return
  }

  if (isTransposedProduct(m, n, k)) {
    const m0 = m
    m = n
    n = m0
    stepResult(4, toRow)
    const left0 = left
    left = right
    right = left0
    const leftBatch0 = leftBatch
    leftBatch = rightBatch
    rightBatch = leftBatch0
    const leftRow0 = leftRow
    const leftColumn0 = leftColumn
    leftRow = rightColumn
    leftColumn = rightRow
    rightRow = leftColumn0
    rightColumn = leftRow0
  }

  if (isDirectProduct(m, n, k)) {
    direct(batch, to, toBatch, left, leftBatch, right, rightBatch, adds)
    return
  }
  const packRight = <usize>load<u32>(command, 72)
  const packLeft = <usize>load<u32>(command, 76)
  for (let b: usize = 0; b < <usize>batch; b++) {
    packed(to + b * toBatch, left + b * leftBatch, right + b * rightBatch, packLeft, packRight, adds)
  }
}
