import { F32, I32 } from '../opcodes'
import { end, first } from './threads'

/** A word that orders as its value does: NaN above all, −0 with 0. */
@inline function key(bits: u32, type: i32): u32 {
  if (type == F32) {
    const size = bits & 0x7fffffff
    if (size > 0x7f800000) return 0xffffffff
    if (size == 0) return 0x80000000
    return bits >> 31 ? ~bits : bits | 0x80000000
  }
  return type == I32 ? bits ^ 0x80000000 : bits
}

/** [ARGMAX, 8, to, from, outer, length, inner, type] */
export function argmax(command: usize): void {
  const to = <usize>load<u32>(command, 8)
  const from = <usize>load<u32>(command, 12)
  const length = load<i32>(command, 20)
  const inner = load<i32>(command, 24)
  const type = load<i32>(command, 28)
  const results = load<i32>(command, 16) * inner
  const step = (<usize>inner) << 2
  const grain = max(1, 512 / max(1, length))
  const last = end(results, grain)
  for (let result = first(results, grain); result < last; result++) {
    const o = result / inner
    let at = from + ((<usize>(o * length * inner + (result - o * inner))) << 2)
    let best = 0
    let largest = key(load<u32>(at), type)
    for (let k = 1; k < length; k++) {
      at += step
      const candidate = key(load<u32>(at), type)
      if (candidate > largest) {
        largest = candidate
        best = k
      }
    }
    store<i32>(to + ((<usize>result) << 2), best)
  }
}

/** [CUMSUM, 9, to, from, outer, length, inner, reverse, type]: f32 is summed in double precision. */
export function cumsum(command: usize): void {
  const to = <usize>load<u32>(command, 8)
  const from = <usize>load<u32>(command, 12)
  const length = load<i32>(command, 20)
  const inner = load<i32>(command, 24)
  const reverse = load<i32>(command, 28) != 0
  const isFloat = load<i32>(command, 32) == F32
  const lanes = load<i32>(command, 16) * inner
  const step = reverse ? -((<usize>inner) << 2) : (<usize>inner) << 2
  const grain = max(1, 256 / max(1, length))
  const last = end(lanes, grain)
  for (let lane = first(lanes, grain); lane < last; lane++) {
    const o = lane / inner
    let at = (<usize>(o * length * inner + (lane - o * inner) + (reverse ? (length - 1) * inner : 0))) << 2
    if (isFloat) {
      let total: f64 = 0
      for (let k = 0; k < length; k++, at += step) {
        total += <f64>load<f32>(from + at)
        store<f32>(to + at, <f32>total)
      }
    } else {
      let total: i32 = 0
      for (let k = 0; k < length; k++, at += step) {
        total += load<i32>(from + at)
        store<i32>(to + at, total)
      }
    }
  }
}

/** Merges the sorted runs [start, middle) and [middle, stop) of positions. */
function merge(
  to: usize,
  from: usize,
  start: i32,
  middle: i32,
  stop: i32,
  values: usize,
  type: i32,
  flip: u32,
): void {
  let left = start
  let right = middle
  for (let i = start; i < stop; i++) {
    let takesRight = left >= middle
    if (!takesRight && right < stop) {
      const a = key(load<u32>(values + ((<usize>load<i32>(from + ((<usize>left) << 2))) << 2)), type) ^ flip
      const b = key(load<u32>(values + ((<usize>load<i32>(from + ((<usize>right) << 2))) << 2)), type) ^ flip
      takesRight = b < a
    }
    const source = takesRight ? right++ : left++
    store<i32>(to + ((<usize>i) << 2), load<i32>(from + ((<usize>source) << 2)))
  }
}

/** [ARGSORT, 9, to, from, rows, length, descending, type, scratch]: a merge sort from runs of one up, back and forth between two arrays. */
export function argsort(command: usize): void {
  const rows = load<i32>(command, 16)
  const length = load<i32>(command, 20)
  const flip: u32 = load<i32>(command, 24) != 0 ? 0xffffffff : 0
  const type = load<i32>(command, 28)
  const rowBytes = (<usize>length) << 2
  let passes = 0
  while (length > 1 << passes) passes++
  const last = end(rows, 1)
  for (let row = first(rows, 1); row < last; row++) {
    const offset = <usize>row * rowBytes
    const values = <usize>load<u32>(command, 12) + offset
    let to = <usize>load<u32>(command, 8) + offset
    let from = <usize>load<u32>(command, 32) + offset
    // The last pass must end in the result.
    if ((passes & 1) == 0) {
      const other = to
      to = from
      from = other
    }
    for (let i = 0; i < length; i++) store<i32>(from + ((<usize>i) << 2), i)
    for (let width = 1; width < length; width <<= 1) {
      for (let start = 0; start < length; start += width << 1) {
        merge(
          to,
          from,
          start,
          min(start + width, length),
          min(start + (width << 1), length),
          values,
          type,
          flip,
        )
      }
      const other = to
      to = from
      from = other
    }
  }
}
