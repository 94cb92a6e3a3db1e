import { MAX, MAX_I32, MAX_U32, SUM, SUM_WHOLE } from '../opcodes'
import { reductionChunk } from '../scratch'
import { fillWords } from './fill'
import { end, first, barrier } from './threads'

// Every function here takes the reduction's opcode as a constant, and is compiled once for each.

@inline function identity(kind: i32): u32 {
  if (kind == MAX) return 0xff800000
  if (kind == MAX_I32) return 0x80000000
  return 0
}


@inline function join(kind: i32, a: v128, b: v128): v128 {
  if (kind == SUM) return f32x4.add(a, b)
  if (kind == SUM_WHOLE) return i32x4.add(a, b)
  if (kind == MAX) return f32x4.max(a, b)
  if (kind == MAX_I32) return i32x4.max_s(a, b)
  return i32x4.max_u(a, b)
}

/** One to three words, with the identity beside them. */
@inline function loadSome(kind: i32, from: usize, count: i32): v128 {
  let x = v128.replace_lane<u32>(i32x4.splat(identity(kind)), 0, load<u32>(from))
  if (count > 1) x = v128.load_lane<u32>(from + 4, x, 1)
  if (count > 2) x = v128.load_lane<u32>(from + 8, x, 2)
  return x
}

/** Contiguous words are joined in sixteen running results, which are put away after this many, so that none becomes long. */
export const RUN: i32 = 512

/** Four running results of no words. */
@inline export function none(kind: i32): v128 {
  return i32x4.splat(identity(kind))
}

/** Joins `count` further contiguous words, at most RUN, to four running results. */
@inline export function joinRun(kind: i32, total: v128, from: usize, count: i32): v128 {
  const last = from + ((<usize>count) << 2)
  if (from + 64 <= last) {
    let a = none(kind)
    let b = a
    let c = a
    let d = a
    for (; from + 64 <= last; from += 64) {
      a = join(kind, a, v128.load(from))
      b = join(kind, b, v128.load(from, 16))
      c = join(kind, c, v128.load(from, 32))
      d = join(kind, d, v128.load(from, 48))
    }
    total = join(kind, total, join(kind, join(kind, a, b), join(kind, c, d)))
  }
  for (; from + 16 <= last; from += 16) total = join(kind, total, v128.load(from))
  if (from < last) total = join(kind, total, loadSome(kind, from, <i32>((last - from) >> 2)))
  return total
}

/** One result of four running ones. */
@inline export function joinLanes(kind: i32, total: v128): u32 {
  total = join(kind, total, v128.shuffle<i32>(total, total, 2, 3, 0, 1))
  total = join(kind, total, v128.shuffle<i32>(total, total, 1, 0, 3, 2))
  return v128.extract_lane<u32>(total, 0)
}

/** All of `count` contiguous words. */
@inline export function run(kind: i32, from: usize, count: i32): u32 {
  let total = none(kind)
  for (; count > 0; count -= RUN, from += (<usize>RUN) << 2)
    total = joinRun(kind, total, from, min(count, RUN))
  return joinLanes(kind, total)
}

/** Each of `count` pairs of neighbouring words, as `run` has it: two negative zeros give a positive one. */
@inline function runPairs(kind: i32, to: usize, from: usize, count: i32): void {
  let i = 0
  for (; i + 4 <= count; i += 4, to += 16, from += 32) {
    const a = v128.load(from)
    const b = v128.load(from, 16)
    const pairs = join(kind, v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(a, b, 1, 3, 5, 7))
    v128.store(to, join(kind, none(kind), pairs))
  }
  for (; i < count; i++, to += 4, from += 8) {
    const pair = join(kind, v128.load32_zero(from), v128.load32_zero(from, 4))
    v128.store_lane<u32>(to, join(kind, none(kind), pair), 0)
  }
}

/** Four neighbouring words of a row, or one of them. */
@inline function loadAt(isOne: bool, from: usize): v128 {
  return isOne ? v128.load32_zero(from) : v128.load(from)
}

/** Eight rows of a column of words or vectors, joined pairwise. */
@inline function eight(kind: i32, isOne: bool, a: usize, step: usize): v128 {
  const b = a + step
  const c = b + step
  const d = c + step
  const e = d + step
  const f = e + step
  const g = f + step
  const h = g + step
  return join(
    kind,
    join(
      kind,
      join(kind, loadAt(isOne, a), loadAt(isOne, b)),
      join(kind, loadAt(isOne, c), loadAt(isOne, d)),
    ),
    join(
      kind,
      join(kind, loadAt(isOne, e), loadAt(isOne, f)),
      join(kind, loadAt(isOne, g), loadAt(isOne, h)),
    ),
  )
}

/** Results of no rows. */
@inline export function noColumns(kind: i32, to: usize, columns: i32): void {
  fillWords(to, identity(kind), columns)
}

/** Joins `rows` further words, which lie `step` bytes apart, to each of `columns` results; eight rows at a time, along the rows. */
@inline export function joinColumns(
  kind: i32,
  to: usize,
  from: usize,
  step: usize,
  rows: i32,
  columns: i32,
): void {
  const vectors = to + ((<usize>(columns & ~3)) << 2)
  const last = to + ((<usize>columns) << 2)
  let row = 0
  for (; row + 8 <= rows; row += 8, from += 8 * step) {
    let at = from
    let target = to
    for (; target < vectors; target += 16, at += 16) {
      v128.store(target, join(kind, v128.load(target), eight(kind, false, at, step)))
    }
    for (; target < last; target += 4, at += 4) {
      v128.store_lane<u32>(target, join(kind, v128.load32_zero(target), eight(kind, true, at, step)), 0)
    }
  }
  for (; row < rows; row++, from += step) {
    let at = from
    let target = to
    for (; target < vectors; target += 16, at += 16)
      v128.store(target, join(kind, v128.load(target), v128.load(at)))
    for (; target < last; target += 4, at += 4) {
      v128.store_lane<u32>(target, join(kind, v128.load32_zero(target), v128.load32_zero(at)), 0)
    }
  }
}

/** Each of `columns` neighbouring columns of `rows` words. */
@inline export function runColumns(
  kind: i32,
  to: usize,
  from: usize,
  step: usize,
  rows: i32,
  columns: i32,
): void {
  noColumns(kind, to, columns)
  joinColumns(kind, to, from, step, rows, columns)
}

/** Columns that a thread takes at a time: several cache lines of a row. */
export const COLUMNS: i32 = 128

/** The axis is cut into chunks by its length alone; each gives a partial result, and the partial results are then reduced in order. */
@inline function reduce(kind: i32, command: usize): void {
  const to = <usize>load<u32>(command, 8)
  const from = <usize>load<u32>(command, 12)
  const outer = load<i32>(command, 16)
  const length = load<i32>(command, 20)
  const inner = load<i32>(command, 24)
  const chunk = <i32>reductionChunk(inner)
  const chunks = max(1, (length + chunk - 1) / chunk)
  const partial = chunks == 1 ? to : <usize>load<u32>(command, 28)

  if (inner == 1 && length == 2) {
    const start = first(outer, 512)
    runPairs(kind, to + ((<usize>start) << 2), from + ((<usize>start) << 3), end(outer, 512) - start)
    return
  }
  if (inner == 1) {
    const units = outer * chunks
    const grain = max(1, 1024 / max(1, min(length, chunk)))
    const last = end(units, grain)
    for (let unit = first(units, grain); unit < last; unit++) {
      const o = chunks == 1 ? unit : unit / chunks
      const start = chunks == 1 ? 0 : (unit - o * chunks) * chunk
      store<u32>(
        partial + ((<usize>unit) << 2),
        run(kind, from + ((<usize>(o * length + start)) << 2), min(chunk, length - start)),
      )
    }
    if (chunks == 1) return
    barrier()
    const lastOuter = end(outer, 16)
    for (let o = first(outer, 16); o < lastOuter; o++) {
      store<u32>(to + ((<usize>o) << 2), run(kind, partial + ((<usize>(o * chunks)) << 2), chunks))
    }
    return
  }

  const step = (<usize>inner) << 2
  const groups = (inner + COLUMNS - 1) / COLUMNS
  const units = outer * chunks * groups
  const grain = max(1, 512 / max(1, min(length, chunk) * min(inner, COLUMNS)))
  const last = end(units, grain)
  for (let unit = first(units, grain); unit < last; unit++) {
    const row = unit / groups
    const column = (unit - row * groups) * COLUMNS
    const o = row / chunks
    const start = (row - o * chunks) * chunk
    runColumns(
      kind,
      partial + <usize>row * step + ((<usize>column) << 2),
      from + <usize>(o * length + start) * step + ((<usize>column) << 2),
      step,
      min(chunk, length - start),
      min(COLUMNS, inner - column),
    )
  }
  if (chunks == 1) return
  barrier()
  const results = outer * groups
  const lastResult = end(results, 1)
  for (let result = first(results, 1); result < lastResult; result++) {
    const o = result / groups
    const column = (result - o * groups) * COLUMNS
    runColumns(
      kind,
      to + <usize>o * step + ((<usize>column) << 2),
      partial + <usize>(o * chunks) * step + ((<usize>column) << 2),
      step,
      chunks,
      min(COLUMNS, inner - column),
    )
  }
}

export function sum(command: usize): void {
  reduce(SUM, command)
}

export function sumWhole(command: usize): void {
  reduce(SUM_WHOLE, command)
}

export function maxF32(command: usize): void {
  reduce(MAX, command)
}

export function maxI32(command: usize): void {
  reduce(MAX_I32, command)
}

export function maxU32(command: usize): void {
  reduce(MAX_U32, command)
}
