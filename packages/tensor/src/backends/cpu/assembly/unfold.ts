import { fillWords, copyWords } from './fill'
import { end, first } from './threads'

let to: usize = 0
let from: usize = 0
let height: i32 = 0
let width: i32 = 0
let kernelHeight: i32 = 0
let kernelWidth: i32 = 0
let outHeight: i32 = 0
let outWidth: i32 = 0
let strideY: i32 = 0
let strideX: i32 = 0
let padTop: i32 = 0
let padLeft: i32 = 0
let dilationY: i32 = 0
let dilationX: i32 = 0
let planeWords: i32 = 0
let kernelWords: i32 = 0
let rowWords: i32 = 0

/** The first window whose column `shift` (from the window's own) is not left of the image. */
@inline function firstInside(shift: i32): i32 {
  return min(outWidth, shift >= 0 ? 0 : (-shift + strideX - 1) / strideX)
}

/** The window after the last whose column is not right of the image. */
@inline function endInside(shift: i32, start: i32): i32 {
  const room = width - 1 - shift
  return max(start, room < 0 ? 0 : min(outWidth, room / strideX + 1))
}

/** One element (u, v) of every window of one row of windows. */
function unfoldRow(target: usize, row: usize, shift: i32): void {
  const start = firstInside(shift)
  const stop = endInside(shift, start)
  const step = (<usize>rowWords) << 2
  if (rowWords == 1) {
    fillWords(target, 0, start)
    fillWords(target + ((<usize>stop) << 2), 0, outWidth - stop)
    if (strideX == 1) {
      copyWords(target + ((<usize>start) << 2), row + <usize>((start + shift) << 2), stop - start)
      return
    }
  } else {
    for (let j = 0; j < start; j++) store<u32>(target + <usize>j * step, 0)
    for (let j = stop; j < outWidth; j++) store<u32>(target + <usize>j * step, 0)
  }
  let source = row + <usize>((start * strideX + shift) << 2)
  const sourceStep = (<usize>strideX) << 2
  for (let j = start; j < stop; j++, source += sourceStep)
    store<u32>(target + <usize>j * step, load<u32>(source))
}

function unfoldPlanes(planes: i32): void {
  const units = planes * outHeight
  const last = end(units, 1)
  for (let unit = first(units, 1); unit < last; unit++) {
    const plane = unit / outHeight
    const i = unit - plane * outHeight
    for (let u = 0; u < kernelHeight; u++) {
      const y = i * strideY - padTop + u * dilationY
      for (let v = 0; v < kernelWidth; v++) {
        const target =
          to +
          ((<usize>(plane * planeWords + (u * kernelWidth + v) * kernelWords + i * outWidth * rowWords)) << 2)
        if (<u32>y < <u32>height)
          unfoldRow(target, from + ((<usize>((plane * height + y) * width)) << 2), v * dilationX - padLeft)
        else if (rowWords == 1) fillWords(target, 0, outWidth)
        else for (let j = 0; j < outWidth; j++) store<u32>(target + ((<usize>(j * rowWords)) << 2), 0)
      }
    }
  }
}

/** Adds one element (u, v) of every window of a row of windows to the image row it came from. */
function foldRow(row: usize, source: usize, shift: i32): void {
  const start = firstInside(shift)
  const stop = endInside(shift, start)
  let j = start
  if (rowWords == 1 && strideX == 1) {
    for (; j + 4 <= stop; j += 4) {
      const at = row + <usize>((j + shift) << 2)
      v128.store(at, f32x4.add(v128.load(at), v128.load(source + ((<usize>j) << 2))))
    }
  }
  for (; j < stop; j++) {
    const at = row + <usize>((j * strideX + shift) << 2)
    store<f32>(at, load<f32>(at) + load<f32>(source + ((<usize>(j * rowWords)) << 2)))
  }
}

function foldPlanes(planes: i32): void {
  const units = planes * height
  const last = end(units, 1)
  for (let unit = first(units, 1); unit < last; unit++) {
    const plane = unit / height
    const y = unit - plane * height
    const row = to + ((<usize>(unit * width)) << 2)
    fillWords(row, 0, width)
    for (let u = 0; u < kernelHeight; u++) {
      const reach = y + padTop - u * dilationY
      if (reach < 0 || reach % strideY != 0) continue
      const i = reach / strideY
      if (i >= outHeight) continue
      for (let v = 0; v < kernelWidth; v++) {
        const source =
          from +
          ((<usize>(plane * planeWords + (u * kernelWidth + v) * kernelWords + i * outWidth * rowWords)) << 2)
        foldRow(row, source, v * dilationX - padLeft)
      }
    }
  }
}

/**
 * [UNFOLD, 22, to, from, planes, height, width, kernelHeight, kernelWidth, outHeight, outWidth, strideY, strideX, padTop, padLeft,
 *  dilationY, dilationX, toPlane, toKernel, toRow, isFold, 0]
 * Threads part rows: of windows, or of images in the adjoint.
 */
export function unfold(command: usize): void {
  to = <usize>load<u32>(command, 8)
  from = <usize>load<u32>(command, 12)
  const planes = load<i32>(command, 16)
  height = load<i32>(command, 20)
  width = load<i32>(command, 24)
  kernelHeight = load<i32>(command, 28)
  kernelWidth = load<i32>(command, 32)
  outHeight = load<i32>(command, 36)
  outWidth = load<i32>(command, 40)
  strideY = load<i32>(command, 44)
  strideX = load<i32>(command, 48)
  padTop = load<i32>(command, 52)
  padLeft = load<i32>(command, 56)
  dilationY = load<i32>(command, 60)
  dilationX = load<i32>(command, 64)
  planeWords = load<i32>(command, 68)
  kernelWords = load<i32>(command, 72)
  rowWords = load<i32>(command, 76)
  if (load<i32>(command, 80) != 0) foldPlanes(planes)
  else unfoldPlanes(planes)
}
