import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { conv2dShape } from './convolution.js'
import { poolShape } from './pooling.js'
import { resolveWindows } from './window.js'

const fail = (reason: string) => new Error(reason)
const axis = fc.record({
  size: fc.integer({ min: 1, max: 12 }),
  extent: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  before: fc.integer({ min: 0, max: 3 }),
  after: fc.integer({ min: 0, max: 3 }),
})

describe('resolveWindows', () => {
  it('counts the positions at which the whole window lies on the padded axis', () => {
    fc.assert(
      fc.property(axis, ({ size, extent, stride, dilation, before, after }) => {
        const room = size + before + after
        let positions = 0
        for (let start = 0; start + dilation * (extent - 1) < room; start += stride) positions++
        const resolve = () =>
          resolveWindows(
            fail,
            [size, 1],
            [extent, 1],
            [stride, 1],
            [
              [before, after],
              [0, 0],
            ],
            [dilation, 1],
          )[0]
        if (positions === 0) expect(resolve).toThrow('does not fit')
        else expect(resolve().length).toBe(positions)
      }),
    )
  })

  it("pads 'same' so that the windows cover ceil(n / stride) positions, with the odd element after", () => {
    fc.assert(
      fc.property(axis, ({ size, extent, stride, dilation }) => {
        const [window] = resolveWindows(fail, [size, 1], [extent, 1], stride, 'same', dilation)
        expect(window.length).toBe(Math.ceil(size / stride))
        expect(window.padding[1] - window.padding[0]).toBeGreaterThanOrEqual(0)
        expect(window.padding[1] - window.padding[0]).toBeLessThanOrEqual(1)
        // No more padding than needed: with one element less at the end, the last position is lost.
        const [before, after] = window.padding
        const lengthWith = (end: number) =>
          resolveWindows(
            fail,
            [size, 1],
            [extent, 1],
            [stride, 1],
            [
              [before, end],
              [0, 0],
            ],
            [dilation, 1],
          )[0].length
        if (after > 0 && window.length === 1) expect(() => lengthWith(after - 1)).toThrow('does not fit')
        else if (after > 0) expect(lengthWith(after - 1)).toBe(window.length - 1)
      }),
    )
  })
})

// Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning", figures 2.1 to 2.7 and 5.1.
describe('conv2dShape', () => {
  it.each([
    [4, 3, {}, 2],
    [5, 4, { padding: 2 }, 6],
    [5, 3, { padding: 1 }, 5],
    [5, 3, { padding: 2 }, 7],
    [5, 3, { stride: 2 }, 2],
    [5, 3, { stride: 2, padding: 1 }, 3],
    [6, 3, { stride: 2, padding: 1 }, 3],
    [7, 3, { dilation: 2 }, 3],
  ] as const)('input %d, kernel %d, %j: %d', (input, kernel, options, output) => {
    expect(conv2dShape([2, 1, input, input], [3, 1, kernel, kernel], options)).toEqual([2, 3, output, output])
  })

  it('keeps height and width apart', () => {
    expect(
      conv2dShape([1, 4, 8, 9], [6, 2, 3, 1], {
        stride: [1, 2],
        padding: [
          [1, 1],
          [0, 1],
        ],
        groups: 2,
      }),
    ).toEqual([1, 6, 8, 5])
  })

  it('rejects groups that do not divide', () => {
    expect(() => conv2dShape([1, 9, 8, 8], [8, 3, 3, 3], { groups: 3 })).toThrow(
      'conv2d: [1, 9, 8, 8] x [8, 3, 3, 3]: 8 output channels do not divide into 3 groups',
    )
  })
})

describe('poolShape', () => {
  it('moves by the window unless a stride is given', () => {
    expect(poolShape('maxPool', [1, 3, 9, 9], [3, 2])).toEqual([1, 3, 3, 4])
    expect(poolShape('maxPool', [1, 3, 9, 9], [3, 2], { stride: 1 })).toEqual([1, 3, 7, 8])
    expect(poolShape('averagePool', [1, 3, 9, 9], 2, { padding: 'same' })).toEqual([1, 3, 5, 5])
  })
})
