import type { GreyPicture } from './image-grid.js'

/** Points of the plane, row-major [point, coordinate]. */
export type PlanePoints = ArrayLike<number>

export interface View {
  /** What is shown reaches from −extent to extent, in both coordinates. */
  readonly extent: number
  /** Pixels along each side. */
  readonly size: number
}

/** The least extent that shows nearly all of some points: their .995 quantile from 0 along either axis, and a margin. */
export const extentOf = (points: PlanePoints): number => {
  const sorted = Array.from(points, Math.abs).sort((a, b) => a - b)
  return 1.15 * (sorted[Math.floor(0.995 * (sorted.length - 1))] || 1)
}

/** A point's dot: the share of its brightness by the distance in pixels. */
const dot = [
  [0, 0, 1],
  [-1, 0, 0.5],
  [1, 0, 0.5],
  [0, -1, 0.5],
  [0, 1, 0.5],
] as const

/** Points as dots that add up, white on black: where they are dense it is bright. The second coordinate grows upwards. */
export const scatter = (points: PlanePoints, { extent, size }: View): GreyPicture => {
  const light = new Float64Array(size * size)
  const count = points.length / 2
  for (let i = 0; i < count; i++) {
    const column = Math.floor(((points[2 * i] + extent) / (2 * extent)) * size)
    const row = Math.floor(((extent - points[2 * i + 1]) / (2 * extent)) * size)
    for (const [right, down, share] of dot) {
      const [x, y] = [column + right, row + down]
      if (x >= 0 && x < size && y >= 0 && y < size) light[y * size + x] += share
    }
  }
  // As many points as there are decide how much light each gives, so that few are seen and many do not blind.
  const each = Math.min(1.2, (12_000 / Math.max(1, count)) * 0.5)
  return {
    data: Uint8Array.from(light, sum => Math.round(255 * (1 - Math.exp(-each * sum)))),
    height: size,
    width: size,
  }
}
