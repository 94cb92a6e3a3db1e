import { DIRECT_KERNEL_SLOPE } from '../opcodes'
import { fillWords, copyWords } from './fill'
import { barrier, end, first, scratch } from './threads'

// Convolution where it stands, for windows that step by one and few channels: planes are copied with their padding, so that an element of every
// window of a block of rows is one run of words, and none is unfolded. A row of results is as long as a padded row; what hangs over is dropped.

let count: i32 = 0
let channels: i32 = 0
let height: i32 = 0
let width: i32 = 0
let features: i32 = 0
let outHeight: i32 = 0
let outWidth: i32 = 0
let kernelHeight: i32 = 0
let kernelWidth: i32 = 0
let padTop: i32 = 0
let padLeft: i32 = 0
let dilationY: i32 = 0
let dilationX: i32 = 0
let rowsOfBlock: i32 = 0
/** Words of a padded row. */
let pitch: i32 = 0
/** Words of a padded plane of a block, and of a block of results, both to whole panels. */
let planeWords: i32 = 0
let blockWords: i32 = 0

/** `rows` rows of a plane from row `top` on, each `pitch` long from column −`left` on, zeros outside; then zeros up to `words`. */
function padPlane(
  to: usize,
  plane: usize,
  top: i32,
  rows: i32,
  left: i32,
  planeHeight: i32,
  planeWidth: i32,
  words: i32,
): void {
  const last = to + ((<usize>words) << 2)
  const before = min(pitch, left)
  const inside = min(planeWidth, pitch - before)
  for (let y = top; y < top + rows; y++, to += (<usize>pitch) << 2) {
    if (<u32>y >= <u32>planeHeight) {
      fillWords(to, 0, pitch)
      continue
    }
    fillWords(to, 0, before)
    copyWords(to + ((<usize>before) << 2), plane + ((<usize>(y * planeWidth)) << 2), inside)
    fillWords(to + ((<usize>(before + inside)) << 2), 0, pitch - before - inside)
  }
  fillWords(to, 0, <i32>((last - to) >> 2))
}

function padImage(to: usize, images: usize, image: i32, row: i32, rows: i32): void {
  for (let channel = 0; channel < channels; channel++)
    padPlane(
      to + ((<usize>(channel * planeWords)) << 2),
      images + ((<usize>((image * channels + channel) * height * width)) << 2),
      row - padTop,
      rows + (kernelHeight - 1) * dilationY,
      padLeft,
      height,
      width,
      planeWords,
    )
}

/** Sixteen neighbouring results of two features, whose weights stand at `left` and `below` bytes further. `table` holds an offset for each tap. */
function tile(to: usize, left: usize, below: usize, right: usize, table: usize, tableEnd: usize): void {
  let a0 = f32x4.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  let b0 = a0
  let b1 = a0
  let b2 = a0
  let b3 = a0
  const planeBytes = (<usize>planeWords) << 2
  const last = right + <usize>channels * planeBytes
  for (; right < last; right += planeBytes) {
    for (let tap = table; tap < tableEnd; tap += 4, left += 4) {
      const at = right + <usize>load<u32>(tap)
      const r0 = v128.load(at)
      const r1 = v128.load(at, 16)
      const r2 = v128.load(at, 32)
      const r3 = v128.load(at, 48)
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
  }
  v128.store(to, a0)
  v128.store(to, a1, 16)
  v128.store(to, a2, 32)
  v128.store(to, a3, 48)
  to += (<usize>blockWords) << 2
  v128.store(to, b0)
  v128.store(to, b1, 16)
  v128.store(to, b2, 32)
  v128.store(to, b3, 48)
}

function convolve(to: usize, images: usize, kernel: usize): void {
  const taps = kernelHeight * kernelWidth
  const tableEnd = scratch + ((<usize>taps) << 2)
  for (let u = 0; u < kernelHeight; u++)
    for (let v = 0; v < kernelWidth; v++)
      store<u32>(
        scratch + ((<usize>(u * kernelWidth + v)) << 2),
        (u * dilationY * pitch + v * dilationX) << 2,
      )
  const made = scratch + ((<usize>((taps + 3) & ~3)) << 2)
  const planes = made + ((<usize>(2 * blockWords)) << 2)
  const kernelBytes = (<usize>(channels * taps)) << 2
  const blocks = (outHeight + rowsOfBlock - 1) / rowsOfBlock
  const units = count * blocks
  const last = end(units, 1)
  for (let unit = first(units, 1); unit < last; unit++) {
    const image = unit / blocks
    const row = (unit - image * blocks) * rowsOfBlock
    const rows = min(rowsOfBlock, outHeight - row)
    padImage(planes, images, image, row, rows)
    for (let feature = 0; feature < features; feature += 2) {
      const left = kernel + <usize>feature * kernelBytes
      const pair = min(2, features - feature)
      for (let position = 0; position < rows * pitch; position += 16) {
        const at = (<usize>position) << 2
        tile(made + at, left, pair > 1 ? kernelBytes : 0, planes + at, scratch, tableEnd)
      }
      for (let i = 0; i < pair; i++) {
        let target = to + ((<usize>(((image * features + feature + i) * outHeight + row) * outWidth)) << 2)
        let source = made + ((<usize>(i * blockWords)) << 2)
        for (let y = 0; y < rows; y++, target += (<usize>outWidth) << 2, source += (<usize>pitch) << 2)
          copyWords(target, source, outWidth)
      }
    }
  }
}


@inline
function lanesOf(x: v128): f32 {
  x = f32x4.add(x, v128.shuffle<i32>(x, x, 2, 3, 0, 1))
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)
}


@inline
function keep(to: usize, x: v128, adds: bool): void {
  store<f32>(to, adds ? load<f32>(to) + lanesOf(x) : lanesOf(x))
}

/** Nine sums over a block: of one plane of slopes with one plane of pixels, for each place of the window. */
function nine(to: usize, slopes: usize, pixels: usize, adds: bool): void {
  const across = (<usize>dilationX) << 2
  const down = (<usize>(dilationY * pitch)) << 2
  let a = f32x4.splat(0)
  let b = a
  let c = a
  let d = a
  let e = a
  let f = a
  let g = a
  let h = a
  let i = a
  const last = slopes + ((<usize>blockWords) << 2)
  let second = pixels + down
  let third = second + down
  for (; slopes < last; slopes += 16, pixels += 16, second += 16, third += 16) {
    const slope = v128.load(slopes)
    a = f32x4.add(a, f32x4.mul(slope, v128.load(pixels)))
    b = f32x4.add(b, f32x4.mul(slope, v128.load(pixels + across)))
    c = f32x4.add(c, f32x4.mul(slope, v128.load(pixels + 2 * across)))
    d = f32x4.add(d, f32x4.mul(slope, v128.load(second)))
    e = f32x4.add(e, f32x4.mul(slope, v128.load(second + across)))
    f = f32x4.add(f, f32x4.mul(slope, v128.load(second + 2 * across)))
    g = f32x4.add(g, f32x4.mul(slope, v128.load(third)))
    h = f32x4.add(h, f32x4.mul(slope, v128.load(third + across)))
    i = f32x4.add(i, f32x4.mul(slope, v128.load(third + 2 * across)))
  }
  keep(to, a, adds)
  keep(to + 4, b, adds)
  keep(to + 8, c, adds)
  keep(to + 12, d, adds)
  keep(to + 16, e, adds)
  keep(to + 20, f, adds)
  keep(to + 24, g, adds)
  keep(to + 28, h, adds)
  keep(to + 32, i, adds)
}

/** Images are parted by their number alone; each part has its own sums, which are then added up in order. */
function kernelSlope(to: usize, images: usize, slopes: usize, partials: usize, parts: i32): void {
  const kernels = features * channels
  const partBytes = <usize>kernels * 36
  const padded = scratch + ((<usize>(channels * planeWords)) << 2)
  const last = end(parts, 1)
  for (let part = first(parts, 1); part < last; part++) {
    const target = partials + <usize>part * partBytes
    const stop = (count * (part + 1)) / parts
    let adds = false
    for (let image = (count * part) / parts; image < stop; image++)
      for (let row = 0; row < outHeight; row += rowsOfBlock) {
        const rows = min(rowsOfBlock, outHeight - row)
        padImage(scratch, images, image, row, rows)
        for (let feature = 0; feature < features; feature++) {
          padPlane(
            padded,
            slopes + ((<usize>((image * features + feature) * outHeight * outWidth)) << 2),
            row,
            rows,
            0,
            outHeight,
            outWidth,
            blockWords,
          )
          for (let channel = 0; channel < channels; channel++)
            nine(
              target + <usize>(feature * channels + channel) * 36,
              padded,
              scratch + ((<usize>(channel * planeWords)) << 2),
              adds,
            )
        }
        adds = true
      }
  }
  barrier()
  const words = 9 * kernels
  const lastWord = end(words, 16)
  for (let word = first(words, 16); word < lastWord; word++) {
    let at = partials + ((<usize>word) << 2)
    let sum = load<f32>(at)
    for (let part = 1; part < parts; part++) {
      at += partBytes
      sum += load<f32>(at)
    }
    store<f32>(to + ((<usize>word) << 2), sum)
  }
}

/** [DIRECT, 22, kind, to, images, kernel, …], see opcodes.ts. */
export function direct(command: usize): void {
  const to = <usize>load<u32>(command, 12)
  const images = <usize>load<u32>(command, 16)
  const other = <usize>load<u32>(command, 20)
  count = load<i32>(command, 24)
  channels = load<i32>(command, 28)
  height = load<i32>(command, 32)
  width = load<i32>(command, 36)
  features = load<i32>(command, 40)
  outHeight = load<i32>(command, 44)
  outWidth = load<i32>(command, 48)
  kernelHeight = load<i32>(command, 52)
  kernelWidth = load<i32>(command, 56)
  padTop = load<i32>(command, 60)
  padLeft = load<i32>(command, 64)
  dilationY = load<i32>(command, 68)
  dilationX = load<i32>(command, 72)
  rowsOfBlock = load<i32>(command, 76)
  pitch = outWidth + (kernelWidth - 1) * dilationX
  blockWords = (rowsOfBlock * pitch + 15) & ~15
  planeWords = (blockWords + (kernelHeight - 1) * dilationY * pitch + (kernelWidth - 1) * dilationX + 3) & ~3
  if (load<i32>(command, 8) == DIRECT_KERNEL_SLOPE)
    kernelSlope(to, images, other, <usize>load<u32>(command, 80), load<i32>(command, 84))
  else convolve(to, images, other)
}
