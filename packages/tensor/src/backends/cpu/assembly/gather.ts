import { F32 } from '../opcodes'
import { copyWords, fillWords } from './fill'
import { end, first, threads } from './threads'

/** [GATHER, 10, to, from, index, batch, length, count, inner, absentBits] */
export function gather(command: usize): void {
  const to = <usize>load<u32>(command, 8)
  const from = <usize>load<u32>(command, 12)
  const index = <usize>load<u32>(command, 16)
  const batch = load<i32>(command, 20)
  const length = load<i32>(command, 24)
  const count = load<i32>(command, 28)
  const inner = load<i32>(command, 32)
  const absent = load<u32>(command, 36)
  const rows = batch * count
  const grain = max(1, 256 / max(1, inner))
  const rowBytes = (<usize>inner) << 2
  const last = end(rows, grain)
  for (let row = first(rows, grain); row < last; row++) {
    const at = load<i32>(index + ((<usize>row) << 2))
    const target = to + <usize>row * rowBytes
    if (<u32>at < <u32>length)
      copyWords(target, from + <usize>((row / count) * length + at) * rowBytes, inner)
    else fillWords(target, absent, inner)
  }
}

/** Adds `count` words to those at `to`. */
function addWords(to: usize, from: usize, count: i32, isFloat: bool): void {
  const last = to + ((<usize>count) << 2)
  if (isFloat) {
    for (; to + 16 <= last; to += 16, from += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(from)))
    for (; to < last; to += 4, from += 4) store<f32>(to, load<f32>(to) + load<f32>(from))
  } else {
    for (; to + 16 <= last; to += 16, from += 16) v128.store(to, i32x4.add(v128.load(to), v128.load(from)))
    for (; to < last; to += 4, from += 4) store<i32>(to, load<i32>(to) + load<i32>(from))
  }
}

/**
 * [SCATTER_ADD, 10, to, index, updates, batch, length, count, inner, type]
 * Threads part the target (by batches, by columns, or by rows), and each passes over every index.
 */
export function scatterAdd(command: usize): void {
  const to = <usize>load<u32>(command, 8)
  const index = <usize>load<u32>(command, 12)
  const updates = <usize>load<u32>(command, 16)
  const batch = load<i32>(command, 20)
  const length = load<i32>(command, 24)
  const count = load<i32>(command, 28)
  const inner = load<i32>(command, 32)
  const isFloat = load<i32>(command, 36) == F32

  let firstBatch = 0
  let lastBatch = batch
  let firstRow = 0
  let lastRow = length
  let column = 0
  let columns = inner
  if (batch >= 4 * threads) {
    firstBatch = first(batch, 1)
    lastBatch = end(batch, 1)
  } else if (inner >= 32 * threads) {
    column = first(inner, 16)
    columns = end(inner, 16) - column
  } else {
    firstRow = first(length, 1)
    lastRow = end(length, 1)
  }

  const rowBytes = (<usize>inner) << 2
  const columnBytes = (<usize>column) << 2
  for (let b = firstBatch; b < lastBatch; b++) {
    const target = to + <usize>(b * length) * rowBytes + columnBytes
    if (columns == inner) fillWords(target + <usize>firstRow * rowBytes, 0, (lastRow - firstRow) * inner)
    else for (let row = 0; row < length; row++) fillWords(target + <usize>row * rowBytes, 0, columns)
    for (let k = 0; k < count; k++) {
      const row = load<i32>(index + ((<usize>(b * count + k)) << 2))
      if (row < firstRow || row >= lastRow) continue
      addWords(
        target + <usize>row * rowBytes,
        updates + <usize>(b * count + k) * rowBytes + columnBytes,
        columns,
        isFloat,
      )
    }
  }
}
