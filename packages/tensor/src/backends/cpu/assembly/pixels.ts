import { fillWords } from './fill'

// Four planes at once: a vector holds one pixel of each. Lines of such vectors stand in thread scratch.

/** One pixel of up to four planes, zeros beside. */
@inline
function one(from: usize, planeBytes: usize, planes: i32): v128 {
  let x = v128.load32_zero(from)
  if (planes > 1) x = v128.load_lane<u32>(from + planeBytes, x, 1)
  if (planes > 2) x = v128.load_lane<u32>(from + 2 * planeBytes, x, 2)
  if (planes > 3) x = v128.load_lane<u32>(from + 3 * planeBytes, x, 3)
  return x
}

/** `columns` pixels from column `left` (which may be outside) of row `y` (which may be, too) of four planes (or fewer), zeros outside. */
export function bringLine(
  to: usize,
  plane: usize,
  planes: i32,
  y: i32,
  left: i32,
  columns: i32,
  height: i32,
  width: i32,
): void {
  if (<u32>y >= <u32>height) {
    fillWords(to, 0, 4 * columns)
    return
  }
  const planeBytes = (<usize>(height * width)) << 2
  const start = min(columns, max(0, -left))
  const stop = max(start, min(columns, width - left))
  fillWords(to, 0, 4 * start)
  let from = plane + ((<usize>(y * width + left + start)) << 2)
  let target = to + ((<usize>start) << 4)
  let column = start
  if (planes == 4) {
    for (; column + 4 <= stop; column += 4, from += 16, target += 64) {
      const a = v128.load(from)
      const b = v128.load(from + planeBytes)
      const c = v128.load(from + 2 * planeBytes)
      const d = v128.load(from + 3 * planeBytes)
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
      const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
      const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
      const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
      v128.store(target, v128.shuffle<i64>(ab, cd, 0, 2))
      v128.store(target, v128.shuffle<i64>(ab, cd, 1, 3), 16)
      v128.store(target, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), 32)
      v128.store(target, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), 48)
    }
  }
  for (; column < stop; column++, from += 4, target += 16) v128.store(target, one(from, planeBytes, planes))
  fillWords(to + ((<usize>stop) << 4), 0, 4 * (columns - stop))
}

/** The inverse: those of `columns` pixels that lie inside go to row `y` of four planes (or fewer). */
export function putLine(
  from: usize,
  plane: usize,
  planes: i32,
  y: i32,
  left: i32,
  columns: i32,
  height: i32,
  width: i32,
): void {
  if (<u32>y >= <u32>height) return
  const planeBytes = (<usize>(height * width)) << 2
  const start = min(columns, max(0, -left))
  const stop = max(start, min(columns, width - left))
  let to = plane + ((<usize>(y * width + left + start)) << 2)
  let source = from + ((<usize>start) << 4)
  let column = start
  if (planes == 4) {
    for (; column + 4 <= stop; column += 4, to += 16, source += 64) {
      const a = v128.load(source)
      const b = v128.load(source, 16)
      const c = v128.load(source, 32)
      const d = v128.load(source, 48)
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5)
      const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
      const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7)
      const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
      v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2))
      v128.store(to + planeBytes, v128.shuffle<i64>(ab, cd, 1, 3))
      v128.store(to + 2 * planeBytes, v128.shuffle<i64>(abHigh, cdHigh, 0, 2))
      v128.store(to + 3 * planeBytes, v128.shuffle<i64>(abHigh, cdHigh, 1, 3))
    }
  }
  for (; column < stop; column++, to += 4, source += 16) {
    const x = v128.load(source)
    v128.store_lane<u32>(to, x, 0)
    if (planes > 1) v128.store_lane<u32>(to + planeBytes, x, 1)
    if (planes > 2) v128.store_lane<u32>(to + 2 * planeBytes, x, 2)
    if (planes > 3) v128.store_lane<u32>(to + 3 * planeBytes, x, 3)
  }
}
