import { describe, expect, it } from '@jest/globals'
import { extentOf, scatter } from './scatter.js'

const brightest = (data: Uint8Array): number => data.indexOf(Math.max(...data))

describe('scatter', () => {
  it.each([
    ['in the middle', [0, 0], 2, 2],
    ['to the right', [0.9, 0], 4, 2],
    ['above', [0, 0.9], 2, 0],
    ['to the left and below', [-0.9, -0.9], 0, 4],
  ])('puts a point %s where it belongs', (_, point, column, row) => {
    const { data, width, height } = scatter(point, { extent: 1, size: 5 })
    expect({ width, height }).toEqual({ width: 5, height: 5 })
    expect(brightest(data)).toBe(row * 5 + column)
  })

  it('is brighter where more points are, and leaves out what is not in view', () => {
    const { data } = scatter([-0.6, 0, -0.6, 0, 0.6, 0, 7, 7, NaN, 0], { extent: 1, size: 21 })
    expect(data[10 * 21 + 4]).toBeGreaterThan(data[10 * 21 + 16])
    expect(data[10 * 21 + 16]).toBeGreaterThan(0)
    expect(data.filter(value => value > 0)).toHaveLength(10)
  })
})

it('the extent shows nearly all points, whatever a few of them do', () => {
  const points = Array.from({ length: 2000 }, (_, i) => Math.sin(i))
  expect(extentOf([...points, 1e6])).toBeCloseTo(1.15, 2)
  expect(extentOf([])).toBe(1.15)
})
