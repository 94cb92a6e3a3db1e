import { describe, expect, it } from '@jest/globals'
import { decode } from 'fast-png'
import { bytesOf, gridPng } from './image-grid.js'

describe('gridPng', () => {
  it('puts images in rows, each pixel a square, with gutters around', () => {
    const images = { data: Uint8Array.of(10, 20, 30, 40, 50, 60), height: 1, width: 2 }
    const { width, height, data } = decode(gridPng(images, { columns: 2, scale: 2, gutter: 1 }))
    expect({ width, height }).toEqual({ width: 11, height: 7 })
    const rows = Array.from({ length: height }, (_, y) =>
      Array.from(data.slice(y * width, (y + 1) * width), Number),
    )
    const [g, full, half] = [
      40,
      [40, 10, 10, 20, 20, 40, 30, 30, 40, 40, 40],
      [40, 50, 50, 60, 60, 40, 40, 40, 40, 40, 40],
    ]
    const gap = Array.from({ length: 11 }, () => g)
    expect(rows).toEqual([gap, full, full, gap, half, half, gap])
  })

  it('sets groups of rows apart', () => {
    const images = { data: Uint8Array.of(1, 2, 3, 4), height: 1, width: 1 }
    const { height, data } = decode(gridPng(images, { columns: 1, scale: 1, gutter: 1, rowsPerGroup: 2 }))
    expect(height).toBe(3 + 3 + 3 + 3 + 3)
    expect(Array.from({ length: height }, (_, y) => data[y * 3 + 1])).toEqual([
      40, 40, 40, 1, 40, 2, 40, 40, 40, 3, 40, 4, 40, 40, 40,
    ])
  })
})

describe('bytesOf', () => {
  it('rounds intensities and clips what lies outside', () => {
    expect(Array.from(bytesOf([-1, 0, 0.5, 0.999, 1, 2]))).toEqual([0, 0, 128, 255, 255, 255])
  })
})
