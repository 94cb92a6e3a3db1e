import { WINOGRAD_EACH } from '../opcodes'
import { PANEL } from '../scratch'
import { fillWords } from './fill'
import {
  gives,
  KERNEL_SLOPES,
  KERNELS,
  mapLines,
  STRIDED_KERNEL_SLOPES,
  STRIDED_KERNELS,
  takes,
} from './lines'
import { end, first, scratch } from './threads'

// Kernels of 3 × 3 into what tiles are multiplied with, and back.

const WIDTH: i32 = <i32>PANEL

/** G g Gᵀ of every kernel as panels of the right operand, [elements, panels, depth, 16]; of the kernels turned by half a circle, if asked. */
export function transformKernels(command: usize): void {
  const map = load<i32>(command, 20) == WINOGRAD_EACH ? KERNELS : STRIDED_KERNELS
  const to = <usize>load<u32>(command, 12)
  const from = <usize>load<u32>(command, 16)
  const features = load<i32>(command, 24)
  const channels = load<i32>(command, 28)
  const isTurned = load<i32>(command, 32) != 0
  const made = isTurned ? channels : features
  const added = isTurned ? features : channels
  const madeBytes = <usize>(36 * (isTurned ? 1 : channels))
  const addedBytes = <usize>(36 * (isTurned ? channels : 1))
  const depth = (added + 3) & ~3
  const quads = ((made + WIDTH - 1) / WIDTH) * 4
  const elements = gives(map)
  const matrixBytes = (<usize>(quads * depth)) << 4
  const half = scratch + 9 * 16
  const units = quads * depth
  const last = end(units, 16)
  for (let unit = first(units, 16); unit < last; unit++) {
    const quad = unit / depth
    const term = unit - quad * depth
    const lanes = term < added ? min(4, made - 4 * quad) : 0
    fillWords(scratch, 0, 36)
    for (let lane = 0; lane < lanes; lane++) {
      const kernel = from + <usize>(4 * quad + lane) * madeBytes + <usize>term * addedBytes
      for (let i = 0; i < 9; i++)
        store<u32>(
          scratch + ((<usize>(4 * i + lane)) << 2),
          load<u32>(kernel + ((<usize>(isTurned ? 8 - i : i)) << 2)),
        )
    }
    mapLines(map, 3, half, elements << 4, 16, scratch, 48, 16)
    const target =
      to + <usize>(quad >> 2) * ((<usize>depth) << 6) + ((<usize>term) << 6) + ((<usize>(quad & 3)) << 4)
    mapLines(map, elements, target, matrixBytes, <usize>elements * matrixBytes, half, 16, elements << 4)
  }
}

/** Gᵀ u G of the sums of all parts, added up in their order. */
export function kernelSlopes(command: usize): void {
  const map = load<i32>(command, 20) == WINOGRAD_EACH ? KERNEL_SLOPES : STRIDED_KERNEL_SLOPES
  const to = <usize>load<u32>(command, 12)
  const from = <usize>load<u32>(command, 16)
  const features = load<i32>(command, 24)
  const channels = load<i32>(command, 28)
  const parts = load<i32>(command, 32)
  const side = takes(map)
  const elements = side * side
  const quads = (channels + 3) >> 2
  const rowBytes = (<usize>((channels + WIDTH - 1) & ~(WIDTH - 1))) << 2
  const elementBytes = <usize>((features + 3) & ~3) * rowBytes
  const half = scratch + ((<usize>elements) << 4)
  const made = half + ((<usize>(3 * side)) << 4)
  const units = features * quads
  const last = end(units, 4)
  for (let unit = first(units, 4); unit < last; unit++) {
    const feature = unit / quads
    const quad = unit - feature * quads
    let at = from + <usize>feature * rowBytes + ((<usize>quad) << 4)
    for (let i = 0; i < elements; i++, at += elementBytes) {
      let sum = v128.load(at)
      let partial = at
      for (let part = 1; part < parts; part++) {
        partial += <usize>elements * elementBytes
        sum = f32x4.add(sum, v128.load(partial))
      }
      v128.store(scratch + ((<usize>i) << 4), sum)
    }
    mapLines(map, side, half, 16, side << 4, scratch, 16, side << 4)
    mapLines(map, 3, made, 48, 16, half, side << 4, 16)
    const lanes = min(4, channels - 4 * quad)
    for (let lane = 0; lane < lanes; lane++) {
      const kernel = to + <usize>(feature * channels + 4 * quad + lane) * 36
      for (let i = 0; i < 9; i++)
        store<u32>(kernel + ((<usize>i) << 2), load<u32>(made + ((<usize>(4 * i + lane)) << 2)))
    }
  }
}
