import { copyWords, fillWords } from './fill'
import { end, first, scratch } from './threads'

// Axes are kept in thread scratch, outermost first: for each its size, stride in the target, stride in the source, position.
const AXIS: usize = 16


@inline function axis(at: i32): usize {
  return scratch + <usize>at * AXIS
}

/** Reads the axes, without those of length 1, and with those merged that step as one. Returns their number, or −1 for an empty space. */
function readAxes(command: usize): i32 {
  const rank = load<i32>(command, 16)
  const sizes = command + 20
  const toStrides = sizes + ((<usize>rank) << 2)
  const fromStrides = toStrides + ((<usize>rank) << 2)
  let count = 0
  for (let i = 0; i < rank; i++) {
    const at = (<usize>i) << 2
    const size = load<i32>(sizes + at)
    const toStride = load<i32>(toStrides + at)
    const fromStride = load<i32>(fromStrides + at)
    if (size == 0) return -1
    if (size == 1) continue
    if (count > 0) {
      const outer = axis(count - 1)
      if (load<i32>(outer, 4) == toStride * size && load<i32>(outer, 8) == fromStride * size) {
        store<i32>(outer, load<i32>(outer) * size)
        store<i32>(outer, toStride, 4)
        store<i32>(outer, fromStride, 8)
        continue
      }
    }
    store<i32>(axis(count), size)
    store<i32>(axis(count), toStride, 4)
    store<i32>(axis(count), fromStride, 8)
    count++
  }
  return count
}

/** One run along the innermost axis. */
function copyRun(to: usize, toStride: i32, from: usize, fromStride: i32, count: i32): void {
  if (toStride == 1) {
    if (fromStride == 1) {
      copyWords(to, from, count)
      return
    }
    if (fromStride == 0) {
      fillWords(to, load<u32>(from), count)
      return
    }
  }
  const toStep = <usize>(toStride << 2)
  const fromStep = <usize>(fromStride << 2)
  for (let i = 0; i < count; i++) {
    store<u32>(to, load<u32>(from))
    to += toStep
    from += fromStep
  }
}

/** Each of `count` neighbouring words `times` times in a row. */
function repeatEach(to: usize, from: usize, count: i32, times: i32): void {
  let i = 0
  if (times == 2) {
    for (; i + 4 <= count; i += 4, to += 32, from += 16) {
      const x = v128.load(from)
      v128.store(to, v128.shuffle<i32>(x, x, 0, 0, 1, 1))
      v128.store(to, v128.shuffle<i32>(x, x, 2, 2, 3, 3), 16)
    }
  } else if (times == 4) {
    for (; i < count; i++, to += 16, from += 4) v128.store(to, v128.load32_splat(from))
    return
  }
  const step = (<usize>times) << 2
  for (; i < count; i++, to += step, from += 4) fillWords(to, load<u32>(from), times)
}

/** A matrix whose rows run along the target and whose columns run along the source: tiles of 4 × 4, which stay in registers. */
function copyTransposed(to: usize, toRow: i32, from: usize, fromColumn: i32, rows: i32, columns: i32): void {
  const toStep = <usize>(toRow << 2)
  const fromStep = <usize>(fromColumn << 2)
  let i = 0
  for (; i + 4 <= rows; i += 4) {
    let t = to + <usize>i * toStep
    let f = from + ((<usize>i) << 2)
    let j = 0
    for (; j + 4 <= columns; j += 4) {
      const a = v128.load(f)
      const b = v128.load(f + fromStep)
      const c = v128.load(f + 2 * fromStep)
      const d = v128.load(f + 3 * fromStep)
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
      const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
      const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
      const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
      v128.store(t, v128.shuffle<i64>(ab, cd, 0, 2))
      v128.store(t + toStep, v128.shuffle<i64>(ab, cd, 1, 3))
      v128.store(t + 2 * toStep, v128.shuffle<i64>(abHigh, cdHigh, 0, 2))
      v128.store(t + 3 * toStep, v128.shuffle<i64>(abHigh, cdHigh, 1, 3))
      t += 16
      f += 4 * fromStep
    }
    for (; j < columns; j++) {
      store<u32>(t, load<u32>(f))
      store<u32>(t + toStep, load<u32>(f, 4))
      store<u32>(t + 2 * toStep, load<u32>(f, 8))
      store<u32>(t + 3 * toStep, load<u32>(f, 12))
      t += 4
      f += fromStep
    }
  }
  for (; i < rows; i++) copyRun(to + <usize>i * toStep, 1, from + ((<usize>i) << 2), fromColumn, columns)
}

/** Bytes from the first element to the one at `position` of the axes [0, `count`), counted row by row. */
function offsetOf(position: i32, count: i32, field: usize): usize {
  let offset = 0
  for (let i = count - 1; i >= 0; i--) {
    const size = load<i32>(axis(i))
    offset += (position % size) * load<i32>(axis(i) + field)
    position /= size
  }
  return <usize>(offset << 2)
}

// Rows and columns of a transposed tile that a thread takes at a time.
const TILE: i32 = 32

/** [COPY, words, to, from, rank, sizes × rank, toStrides × rank, fromStrides × rank] */
export function copy(command: usize): void {
  const to = <usize>load<u32>(command, 8)
  const from = <usize>load<u32>(command, 12)
  let rank = readAxes(command)
  if (rank < 0) return
  if (rank == 0) {
    if (first(1, 1) < end(1, 1)) store<u32>(to, load<u32>(from))
    return
  }
  const inner = axis(rank - 1)
  let size = load<i32>(inner)
  let toStride = load<i32>(inner, 4)
  let fromStride = load<i32>(inner, 8)
  if (rank == 1) {
    const start = first(size, 256)
    copyRun(
      to + <usize>((start * toStride) << 2),
      toStride,
      from + <usize>((start * fromStride) << 2),
      fromStride,
      end(size, 256) - start,
    )
    return
  }

  // An axis along which the source runs, while the target runs along the innermost one.
  let across = -1
  if (toStride == 1 && fromStride != 1 && fromStride != 0 && size >= 4) {
    for (let i = rank - 2; i >= 0; i--) if (load<i32>(axis(i), 8) == 1 && load<i32>(axis(i)) >= 4) across = i
  }
  if (across >= 0) {
    const rows = load<i32>(axis(across))
    const toRow = load<i32>(axis(across), 4)
    // The remaining axes move up over the one taken out.
    for (let i = across; i < rank - 2; i++) {
      store<i32>(axis(i), load<i32>(axis(i + 1)))
      store<i32>(axis(i), load<i32>(axis(i + 1), 4), 4)
      store<i32>(axis(i), load<i32>(axis(i + 1), 8), 8)
    }
    rank -= 2
    const rowTiles = (rows + TILE - 1) / TILE
    let units = rowTiles
    for (let i = 0; i < rank; i++) units *= load<i32>(axis(i))
    const last = end(units, 1)
    for (let unit = first(units, 1); unit < last; unit++) {
      const row = (unit % rowTiles) * TILE
      const outer = unit / rowTiles
      const target = to + offsetOf(outer, rank, 4) + <usize>((row * toRow) << 2)
      const source = from + offsetOf(outer, rank, 8) + ((<usize>row) << 2)
      const height = min(TILE, rows - row)
      for (let column = 0; column < size; column += TILE) {
        copyTransposed(
          target + ((<usize>column) << 2),
          toRow,
          source + <usize>((column * fromStride) << 2),
          fromStride,
          height,
          min(TILE, size - column),
        )
      }
    }
    return
  }

  // Words that are repeated one by one: the two innermost axes are one run.
  let times = 1
  const outside = axis(rank - 2)
  if (toStride == 1 && fromStride == 0 && load<i32>(outside, 4) == size && load<i32>(outside, 8) == 1) {
    times = size
    size = load<i32>(outside)
    rank--
    if (rank == 1) {
      const start = first(size, 256)
      repeatEach(to + <usize>(start * times) * 4, from + <usize>start * 4, end(size, 256) - start, times)
      return
    }
  }

  let rows = 1
  for (let i = 0; i < rank - 1; i++) rows *= load<i32>(axis(i))
  const grain = max(1, 256 / size)
  let row = first(rows, grain)
  const last = end(rows, grain)
  const above = axis(rank - 2)
  const runs = load<i32>(above)
  const toStep = <usize>(load<i32>(above, 4) << 2)
  const fromStep = <usize>(load<i32>(above, 8) << 2)
  while (row < last) {
    let target = to + offsetOf(row, rank - 1, 4)
    let source = from + offsetOf(row, rank - 1, 8)
    const stop = min(last, row + runs - (row % runs))
    for (; row < stop; row++) {
      if (times > 1) repeatEach(target, source, size, times)
      else copyRun(target, toStride, source, fromStride, size)
      target += toStep
      source += fromStep
    }
  }
}
