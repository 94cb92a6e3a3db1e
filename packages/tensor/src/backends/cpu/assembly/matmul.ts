import { BREADTH, DEPTH, isDirectProduct, isTransposedProduct, PANEL } from '../scratch'
import { fillWords } from './fill'
import { BAND, packBand, packPanel } from './panels'
import { barrier, end, first, scratch } from './threads'
import { rowTile, stepResult, strip, TILE_BYTES, toColumn, toRow } from './tile'

// A product is made of tiles of 2 × 16, whose eight registers hold sums over up to DEPTH terms, in order; each such sum is then added to the
// result. So the order of every sum depends on its terms alone, wherever a tile lies and whichever thread computes it.

const WIDTH: i32 = <i32>PANEL
const DEEPEST: i32 = <i32>DEPTH
const BROADEST: i32 = <i32>BREADTH
/** Rows of the result that share a panel while it is in the nearest cache. */
const ROWS: i32 = 64
/** So few rows are not worth packing for. */
const FEW: i32 = 2

// The product at hand, with the transposition undone. Steps are in bytes.
let m: i32 = 0
let n: i32 = 0
let k: i32 = 0
let leftRow: usize = 0
let leftColumn: usize = 0
let rightRow: usize = 0
let rightColumn: usize = 0

/** Where strip `which` of `strips` begins: all are about as long, and even, the last apart. From 2¹⁹ rows on, 32 bits do not hold the product. */
function stripStart(which: i32, strips: i32): i32 {
  const pairs = <i64>((m + 1) / 2)
  return min(m, <i32>((pairs * <i64>which) / <i64>strips) * 2)
}

/** Each thread computes strips of up to 64 × 16 and packs for itself what they need packed. */
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
  const units = batch * strips * panels
  const panelBuffer = scratch + TILE_BYTES
  const stripBuffer = panelBuffer + DEEPEST * WIDTH * 4
  const firstUnit = first(units, 1)
  const lastUnit = end(units, 1)
  for (let start = 0; start < k; start += DEEPEST) {
    const depth = min(DEEPEST, k - start)
    let packedStrip = -1
    for (let unit = firstUnit; unit < lastUnit; unit++) {
      const panel = unit % panels
      const which = unit / panels
      const b = <usize>(which / strips)
      const row = stripStart(which % strips, strips)
      const rows = stripStart((which % strips) + 1, strips) - row
      const columns = min(WIDTH, n - panel * WIDTH)
      const target = to + b * toBatch + <usize>row * toRow + <usize>(panel * WIDTH) * toColumn
      const source = right + b * rightBatch + <usize>start * rightRow + <usize>(panel * WIDTH) * rightColumn
      let above = left + b * leftBatch + <usize>row * leftRow + <usize>start * leftColumn
      if (m <= FEW && columns == WIDTH && rightColumn == 4) {
        for (let i: usize = 0; i < <usize>m; i++)
          rowTile(
            target + i * toRow,
            above + i * leftRow,
            leftColumn,
            source,
            rightRow,
            depth,
            adds || start > 0,
          )
        continue
      }
      packPanel(panelBuffer, source, rightRow, rightColumn, depth, columns)
      let step = leftRow
      if (leftColumn != 4) {
        step = (<usize>depth) << 2
        if (which != packedStrip) {
          for (let i = 0; i < rows; i += BAND)
            packBand(
              stripBuffer + <usize>i * step,
              above + <usize>i * leftRow,
              leftRow,
              leftColumn,
              depth,
              min(BAND, rows - i),
            )
        }
        packedStrip = which
        above = stripBuffer
      }
      strip(target, above, step, panelBuffer, depth, rows, columns, adds || start > 0)
    }
  }
}

/** Operands are packed block by block by all threads together; each then computes strips of 64 × 16. */
function packed(to: usize, left: usize, right: usize, packRight: usize, packLeft: usize, adds: bool): void {
  const bands = (m + BAND - 1) / BAND
  const strips = (m + ROWS - 1) / ROWS
  for (let column = 0; column < n; column += BROADEST) {
    const breadth = min(BROADEST, n - column)
    const panels = (breadth + WIDTH - 1) / WIDTH
    for (let start = 0; start < k; start += DEEPEST) {
      const depth = min(DEEPEST, k - start)
      const panelBytes = (<usize>depth) << 6
      const rowBytes = (<usize>depth) << 2
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
      const lastBand = end(bands, 1)
      for (let band = first(bands, 1); band < lastBand; band++) {
        packBand(
          packLeft + <usize>(band * BAND) * rowBytes,
          leftBlock + <usize>(band * BAND) * leftRow,
          leftRow,
          leftColumn,
          depth,
          min(BAND, m - band * BAND),
        )
      }
      barrier()
      const units = strips * panels
      const lastUnit = end(units, 1)
      for (let unit = first(units, 1); unit < lastUnit; unit++) {
        const which = unit / panels
        const panel = unit - which * panels
        const row = stripStart(which, strips)
        strip(
          to + <usize>row * toRow + <usize>(column + panel * WIDTH) * toColumn,
          packLeft + <usize>row * rowBytes,
          rowBytes,
          packRight + <usize>panel * panelBytes,
          depth,
          stripStart(which + 1, strips) - row,
          min(WIDTH, breadth - panel * WIDTH),
          adds || start > 0,
        )
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
    packed(to + b * toBatch, left + b * leftBatch, right + b * rightBatch, packRight, packLeft, adds)
  }
}
