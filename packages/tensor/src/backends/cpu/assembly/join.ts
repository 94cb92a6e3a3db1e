import { MAX, MAX_I32, SUM, SUM_WHOLE, MAX_U32 } from '../opcodes'
import { fillWords } from './fill'

// How reductions join words: the inlined functions take the reduction's opcode as a constant, those that are exported as it comes.

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
@inline function noneOf(kind: i32): v128 {
  return i32x4.splat(identity(kind))
}

/** Joins `count` further contiguous words, at most RUN, to four running results. */
@inline function joinRunOf(kind: i32, total: v128, from: usize, count: i32): v128 {
  const last = from + ((<usize>count) << 2)
  if (from + 64 <= last) {
    let a = noneOf(kind)
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
@inline function joinLanesOf(kind: i32, total: v128): u32 {
  total = join(kind, total, v128.shuffle<i32>(total, total, 2, 3, 0, 1))
  total = join(kind, total, v128.shuffle<i32>(total, total, 1, 0, 3, 2))
  return v128.extract_lane<u32>(total, 0)
}

/** Each of `count` pairs of neighbouring words, as `run` has it: two negative zeros give a positive one. */
@inline function runPairsOf(kind: i32, to: usize, from: usize, count: i32): void {
  let i = 0
  for (; i + 4 <= count; i += 4, to += 16, from += 32) {
    const a = v128.load(from)
    const b = v128.load(from, 16)
    const pairs = join(kind, v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(a, b, 1, 3, 5, 7))
    v128.store(to, join(kind, noneOf(kind), pairs))
  }
  for (; i < count; i++, to += 4, from += 8) {
    const pair = join(kind, v128.load32_zero(from), v128.load32_zero(from, 4))
    v128.store_lane<u32>(to, join(kind, noneOf(kind), pair), 0)
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

/** Joins `rows` further words, which lie `step` bytes apart, to each of `columns` results; eight rows at a time, along the rows. */
@inline function joinColumnsOf(
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

/** Joins `count` further contiguous words, at most RUN, to four running results. */
export function joinRun(kind: i32, total: v128, from: usize, count: i32): v128 {
  if (kind == SUM) return joinRunOf(SUM, total, from, count)
  if (kind == SUM_WHOLE) return joinRunOf(SUM_WHOLE, total, from, count)
  if (kind == MAX) return joinRunOf(MAX, total, from, count)
  if (kind == MAX_I32) return joinRunOf(MAX_I32, total, from, count)
  return joinRunOf(MAX_U32, total, from, count)
}

/** One result of four running ones. */
export function joinLanes(kind: i32, total: v128): u32 {
  if (kind == SUM) return joinLanesOf(SUM, total)
  if (kind == SUM_WHOLE) return joinLanesOf(SUM_WHOLE, total)
  if (kind == MAX) return joinLanesOf(MAX, total)
  if (kind == MAX_I32) return joinLanesOf(MAX_I32, total)
  return joinLanesOf(MAX_U32, total)
}

/** Each of `count` pairs of neighbouring words. */
export function runPairs(kind: i32, to: usize, from: usize, count: i32): void {
  if (kind == SUM) runPairsOf(SUM, to, from, count)
  else if (kind == SUM_WHOLE) runPairsOf(SUM_WHOLE, to, from, count)
  else if (kind == MAX) runPairsOf(MAX, to, from, count)
  else if (kind == MAX_I32) runPairsOf(MAX_I32, to, from, count)
  else runPairsOf(MAX_U32, to, from, count)
}

/** Joins `rows` further words, which lie `step` bytes apart, to each of `columns` results. */
export function joinColumns(kind: i32, to: usize, from: usize, step: usize, rows: i32, columns: i32): void {
  if (kind == SUM) joinColumnsOf(SUM, to, from, step, rows, columns)
  else if (kind == SUM_WHOLE) joinColumnsOf(SUM_WHOLE, to, from, step, rows, columns)
  else if (kind == MAX) joinColumnsOf(MAX, to, from, step, rows, columns)
  else if (kind == MAX_I32) joinColumnsOf(MAX_I32, to, from, step, rows, columns)
  else joinColumnsOf(MAX_U32, to, from, step, rows, columns)
}

/** Four running results of no words. */
export function none(kind: i32): v128 {
  return i32x4.splat(identity(kind))
}

/** All of `count` contiguous words. */
export function run(kind: i32, from: usize, count: i32): u32 {
  let total = none(kind)
  for (; count > 0; count -= RUN, from += (<usize>RUN) << 2)
    total = joinRun(kind, total, from, min(count, RUN))
  return joinLanes(kind, total)
}

/** Results of no rows. */
export function noColumns(kind: i32, to: usize, columns: i32): void {
  fillWords(to, identity(kind), columns)
}

/** Each of `columns` neighbouring columns of `rows` words. */
export function runColumns(kind: i32, to: usize, from: usize, step: usize, rows: i32, columns: i32): void {
  noColumns(kind, to, columns)
  joinColumns(kind, to, from, step, rows, columns)
}
