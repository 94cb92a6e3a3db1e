import {
  WINOGRAD_IMAGES,
  WINOGRAD_KERNEL,
  WINOGRAD_KERNEL_SLOPE,
  WINOGRAD_RESULTS,
  WINOGRAD_SLOPES,
} from '../opcodes'
import { copyWords, fillWords } from './fill'
import { end, first, scratch } from './threads'

// Convolution with kernels of 3 × 3 by tiles of 2 × 2 results (Lavin and Gray 2016, section 4.1): Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, where the
// elementwise products, added up over channels, are sixteen matrix products. The gradients are the adjoints of the same three maps.
//
//        1  0 −1  0           1  0  0
//   Bᵀ = 0  1  1  0      G =  ½  ½  ½      Aᵀ = 1  1  1  0
//        0 −1  1  0           ½ −½  ½           0  1 −1 −1
//        0  1  0 −1           0  0  1
//
// Sixteen matrices [channels, tiles of all images] hold one element each of every tile. Four neighbouring tiles are worked on at a time.

let matrixBytes: usize = 0


@inline function put(to: usize, whole: bool, count: i32, x: v128): void {
  if (whole) {
    v128.store(to, x)
    return
  }
  v128.store_lane<u32>(to, x, 0)
  if (count > 1) v128.store_lane<u32>(to, x, 1, 4)
  if (count > 2) v128.store_lane<u32>(to, x, 2, 8)
}

/** Puts a column of the transform of four (or `count`) tiles into the matrices i, i + 4, i + 8, i + 12. */
@inline function putColumn(to: usize, i: usize, count: i32, a: v128, b: v128, c: v128, d: v128): void {
  const whole = count == 4
  const step = 4 * matrixBytes
  let at = to + i * matrixBytes
  put(at, whole, count, a)
  at += step
  put(at, whole, count, b)
  at += step
  put(at, whole, count, c)
  put(at + step, whole, count, d)
}

/** `columns` elements from column `left` (which may be outside) of row `y` of a plane, with zeros outside. */
function bringRow(to: usize, plane: usize, y: i32, left: i32, columns: i32, height: i32, width: i32): void {
  if (<u32>y >= <u32>height) {
    fillWords(to, 0, columns)
    return
  }
  const start = min(columns, max(0, -left))
  const stop = max(start, min(columns, width - left))
  fillWords(to, 0, start)
  copyWords(to + ((<usize>start) << 2), plane + ((<usize>(y * width + left + start)) << 2), stop - start)
  fillWords(to + ((<usize>stop) << 2), 0, columns - stop)
}

/** Bᵀ d B of four tiles, whose rows of four stand `step` bytes apart and which overlap by two columns. */
@inline function transformImages(to: usize, row: usize, step: usize, count: i32): void {
  let a = v128.load(row)
  let b = v128.load(row, 16)
  let c = v128.load(row, 32)
  let even = v128.shuffle<i32>(a, b, 0, 2, 4, 6)
  let odd = v128.shuffle<i32>(a, b, 1, 3, 5, 7)
  let evenNext = v128.shuffle<i32>(even, c, 1, 2, 3, 4)
  const a0 = f32x4.sub(even, evenNext)
  const a1 = f32x4.add(odd, evenNext)
  const a2 = f32x4.sub(evenNext, odd)
  const a3 = f32x4.sub(odd, v128.shuffle<i32>(odd, c, 1, 2, 3, 5))
  row += step
  a = v128.load(row)
  b = v128.load(row, 16)
  c = v128.load(row, 32)
  even = v128.shuffle<i32>(a, b, 0, 2, 4, 6)
  odd = v128.shuffle<i32>(a, b, 1, 3, 5, 7)
  evenNext = v128.shuffle<i32>(even, c, 1, 2, 3, 4)
  const b0 = f32x4.sub(even, evenNext)
  const b1 = f32x4.add(odd, evenNext)
  const b2 = f32x4.sub(evenNext, odd)
  const b3 = f32x4.sub(odd, v128.shuffle<i32>(odd, c, 1, 2, 3, 5))
  row += step
  a = v128.load(row)
  b = v128.load(row, 16)
  c = v128.load(row, 32)
  even = v128.shuffle<i32>(a, b, 0, 2, 4, 6)
  odd = v128.shuffle<i32>(a, b, 1, 3, 5, 7)
  evenNext = v128.shuffle<i32>(even, c, 1, 2, 3, 4)
  const c0 = f32x4.sub(even, evenNext)
  const c1 = f32x4.add(odd, evenNext)
  const c2 = f32x4.sub(evenNext, odd)
  const c3 = f32x4.sub(odd, v128.shuffle<i32>(odd, c, 1, 2, 3, 5))
  row += step
  a = v128.load(row)
  b = v128.load(row, 16)
  c = v128.load(row, 32)
  even = v128.shuffle<i32>(a, b, 0, 2, 4, 6)
  odd = v128.shuffle<i32>(a, b, 1, 3, 5, 7)
  evenNext = v128.shuffle<i32>(even, c, 1, 2, 3, 4)
  const d0 = f32x4.sub(even, evenNext)
  const d1 = f32x4.add(odd, evenNext)
  const d2 = f32x4.sub(evenNext, odd)
  const d3 = f32x4.sub(odd, v128.shuffle<i32>(odd, c, 1, 2, 3, 5))
  putColumn(to, 0, count, f32x4.sub(a0, c0), f32x4.add(b0, c0), f32x4.sub(c0, b0), f32x4.sub(b0, d0))
  putColumn(to, 1, count, f32x4.sub(a1, c1), f32x4.add(b1, c1), f32x4.sub(c1, b1), f32x4.sub(b1, d1))
  putColumn(to, 2, count, f32x4.sub(a2, c2), f32x4.add(b2, c2), f32x4.sub(c2, b2), f32x4.sub(b2, d2))
  putColumn(to, 3, count, f32x4.sub(a3, c3), f32x4.add(b3, c3), f32x4.sub(c3, b3), f32x4.sub(b3, d3))
}

/** One column of A d Aᵀ from the two rows of it. */
@inline function putSlopes(to: usize, i: usize, count: i32, a: v128, b: v128): void {
  putColumn(to, i, count, a, f32x4.add(a, b), f32x4.sub(a, b), f32x4.neg(b))
}

/** A d Aᵀ of four tiles of 2 × 2. */
@inline function transformSlopes(to: usize, row: usize, step: usize, count: i32): void {
  let a = v128.load(row)
  let b = v128.load(row, 16)
  const even = v128.shuffle<i32>(a, b, 0, 2, 4, 6)
  const odd = v128.shuffle<i32>(a, b, 1, 3, 5, 7)
  a = v128.load(row + step)
  b = v128.load(row + step, 16)
  const evenBelow = v128.shuffle<i32>(a, b, 0, 2, 4, 6)
  const oddBelow = v128.shuffle<i32>(a, b, 1, 3, 5, 7)
  putSlopes(to, 0, count, even, evenBelow)
  putSlopes(to, 1, count, f32x4.add(even, odd), f32x4.add(evenBelow, oddBelow))
  putSlopes(to, 2, count, f32x4.sub(even, odd), f32x4.sub(evenBelow, oddBelow))
  putSlopes(to, 3, count, f32x4.neg(odd), f32x4.neg(oddBelow))
}


@inline function matrix(from: usize, i: usize): v128 {
  return v128.load(from + i * matrixBytes)
}

/** The two results of column i of Aᵀ m. */
@inline function upper(from: usize, i: usize): v128 {
  return f32x4.add(f32x4.add(matrix(from, i), matrix(from, i + 4)), matrix(from, i + 8))
}


@inline function lower(from: usize, i: usize): v128 {
  return f32x4.sub(f32x4.sub(matrix(from, i + 4), matrix(from, i + 8)), matrix(from, i + 12))
}

/** One row of the results of four tiles: eight neighbours, of which `columns` are inside. */
@inline function putResults(to: usize, columns: i32, a: v128, b: v128, c: v128, d: v128): void {
  const even = f32x4.add(f32x4.add(a, b), c)
  const odd = f32x4.sub(f32x4.sub(b, c), d)
  const low = v128.shuffle<i32>(even, odd, 0, 4, 1, 5)
  const high = v128.shuffle<i32>(even, odd, 2, 6, 3, 7)
  if (columns >= 8) {
    v128.store(to, low)
    v128.store(to, high, 16)
    return
  }
  v128.store(scratch, low)
  v128.store(scratch, high, 16)
  for (let i = 0; i < columns; i++) store<u32>(to + ((<usize>i) << 2), load<u32>(scratch + ((<usize>i) << 2)))
}

/** Images or slopes into matrices, or matrices into results: a row of tiles at a time. */
@inline function tiles(kind: i32, command: usize): void {
  const to = <usize>load<u32>(command, 12)
  const from = <usize>load<u32>(command, 16)
  const images = load<i32>(command, 20)
  const channels = load<i32>(command, 24)
  const height = load<i32>(command, 28)
  const width = load<i32>(command, 32)
  const top = load<i32>(command, 36)
  const left = load<i32>(command, 40)
  const down = load<i32>(command, 44)
  const across = load<i32>(command, 48)
  const perImage = down * across
  const perChannel = images * perImage
  matrixBytes = (<usize>(channels * perChannel)) << 2
  const columns = 2 * across + (kind == WINOGRAD_IMAGES ? 2 : 0)
  // Vectors are read up to ten words past the last tile's first.
  const rowBytes = (<usize>((columns + 15) & ~3)) << 2
  const units = images * channels * down
  const last = end(units, 1)
  for (let unit = first(units, 1); unit < last; unit++) {
    const plane = unit / down
    const row = unit - plane * down
    const image = plane / channels
    const channel = plane - image * channels
    const inMatrix = (<usize>(channel * perChannel + image * perImage + row * across)) << 2
    const planeBytes = (<usize>(plane * height * width)) << 2
    if (kind == WINOGRAD_RESULTS) {
      let source = from + inMatrix
      let target = to + planeBytes + ((<usize>(2 * row * width)) << 2)
      const both = 2 * row + 1 < height
      const below = (<usize>width) << 2
      for (let j = 0; j < across; j += 4, source += 16, target += 32) {
        const inside = min(8, width - 2 * j)
        putResults(target, inside, upper(source, 0), upper(source, 1), upper(source, 2), upper(source, 3))
        if (both)
          putResults(
            target + below,
            inside,
            lower(source, 0),
            lower(source, 1),
            lower(source, 2),
            lower(source, 3),
          )
      }
      continue
    }
    const rows = kind == WINOGRAD_IMAGES ? 4 : 2
    for (let r = 0; r < rows; r++)
      bringRow(
        scratch + <usize>r * rowBytes,
        from + planeBytes,
        2 * row - top + r,
        -left,
        columns,
        height,
        width,
      )
    let target = to + inMatrix
    let source = scratch
    for (let j = 0; j < across; j += 4, source += 32, target += 16) {
      const count = min(4, across - j)
      if (kind == WINOGRAD_IMAGES) transformImages(target, source, rowBytes, count)
      else transformSlopes(target, source, rowBytes, count)
    }
  }
}

/** Four numbers from three by G: a, (a + b + c)/2, (a − b + c)/2, c. */
@inline function spread(to: usize, step: usize, a: f32, b: f32, c: f32): void {
  const sum = a + c
  store<f32>(to, a)
  store<f32>(to + step, (sum + b) * 0.5)
  store<f32>(to + 2 * step, (sum - b) * 0.5)
  store<f32>(to + 3 * step, c)
}

/** G g Gᵀ of every kernel, [features, channels] in each matrix; or of the kernels turned by half a circle, [channels, features]. */
function kernel(command: usize): void {
  const to = <usize>load<u32>(command, 12)
  const from = <usize>load<u32>(command, 16)
  const features = load<i32>(command, 20)
  const channels = load<i32>(command, 24)
  const isTurned = load<i32>(command, 28) != 0
  const count = features * channels
  const bytes = (<usize>count) << 2
  const last = end(count, 16)
  for (let i = first(count, 16); i < last; i++) {
    let at = from + <usize>i * 36
    let target = to + ((<usize>i) << 2)
    let rowStep: usize = 12
    let step: usize = 4
    if (isTurned) {
      const feature = i / channels
      target = to + ((<usize>((i - feature * channels) * features + feature)) << 2)
      at += 32
      rowStep = -12
      step = -4
    }
    // Columns first, into scratch: four rows of three.
    for (let v: usize = 0; v < 3; v++) {
      const column = at + v * step
      spread(
        scratch + (v << 2),
        12,
        load<f32>(column),
        load<f32>(column + rowStep),
        load<f32>(column + 2 * rowStep),
      )
    }
    for (let u: usize = 0; u < 4; u++) {
      const row = scratch + u * 12
      spread(target + 4 * u * bytes, bytes, load<f32>(row), load<f32>(row, 4), load<f32>(row, 8))
    }
  }
}

/** Three numbers from four by Gᵀ. */
@inline function gather(to: usize, step: usize, a: f32, b: f32, c: f32, d: f32): void {
  const half = (b + c) * 0.5
  store<f32>(to, a + half)
  store<f32>(to + step, (b - c) * 0.5)
  store<f32>(to + 2 * step, d + half)
}

/** Gᵀ u G of every kernel. */
function kernelSlope(command: usize): void {
  const to = <usize>load<u32>(command, 12)
  const from = <usize>load<u32>(command, 16)
  const count = load<i32>(command, 20) * load<i32>(command, 24)
  const bytes = (<usize>count) << 2
  const last = end(count, 16)
  for (let i = first(count, 16); i < last; i++) {
    let at = from + ((<usize>i) << 2)
    for (let v: usize = 0; v < 4; v++, at += bytes) {
      gather(
        scratch + (v << 2),
        16,
        load<f32>(at),
        load<f32>(at + 4 * bytes),
        load<f32>(at + 8 * bytes),
        load<f32>(at + 12 * bytes),
      )
    }
    for (let u: usize = 0; u < 3; u++) {
      const row = scratch + u * 16
      gather(
        to + <usize>i * 36 + u * 12,
        4,
        load<f32>(row),
        load<f32>(row, 4),
        load<f32>(row, 8),
        load<f32>(row, 12),
      )
    }
  }
}

/** [WINOGRAD, 13, kind, to, from, …], see opcodes.ts. */
export function winograd(command: usize): void {
  const kind = load<i32>(command, 8)
  if (kind == WINOGRAD_IMAGES) tiles(WINOGRAD_IMAGES, command)
  else if (kind == WINOGRAD_SLOPES) tiles(WINOGRAD_SLOPES, command)
  else if (kind == WINOGRAD_RESULTS) tiles(WINOGRAD_RESULTS, command)
  else if (kind == WINOGRAD_KERNEL) kernel(command)
  else if (kind == WINOGRAD_KERNEL_SLOPE) kernelSlope(command)
  else unreachable()
}
