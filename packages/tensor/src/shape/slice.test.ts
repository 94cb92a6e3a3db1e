import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { resolveRanges, sliceShape } from './slice.js'

describe('resolveRanges', () => {
  it('keeps what Array.prototype.slice keeps, every step-th', () => {
    const cases = fc.integer({ min: 0, max: 8 }).chain(n =>
      fc.record({
        n: fc.constant(n),
        from: fc.integer({ min: -n, max: n }),
        to: fc.integer({ min: -n, max: n }),
        step: fc.integer({ min: 1, max: 3 }),
      }),
    )
    fc.assert(
      fc.property(cases, ({ n, from, to, step }) => {
        const all = Array.from({ length: n }, (_, i) => i)
        const expected = all.slice(from, to).filter((_, i) => i % step === 0)
        const [range] = resolveRanges([n], [[from, to, step]])
        expect(Array.from({ length: range.length }, (_, i) => range.start + i * range.step)).toEqual(expected)
      }),
    )
  })

  // The elements that NumPy 2 gives for np.arange(5)[…].
  it.each([
    [
      [null, null, -1],
      [4, 3, 2, 1, 0],
    ],
    [
      [null, null, -2],
      [4, 2, 0],
    ],
    [
      [3, null, -1],
      [3, 2, 1, 0],
    ],
    [
      [3, 0, -1],
      [3, 2, 1],
    ],
    [
      [-1, -4, -2],
      [4, 2],
    ],
    [[0, 3, -1], []],
    [
      [5, 2, -1],
      [4, 3],
    ],
  ] as const)('of 5 by %j: %j', (range, expected) => {
    const [{ start, step, length }] = resolveRanges([5], [range])
    expect(Array.from({ length }, (_, i) => start + i * step)).toEqual(expected)
  })

  it('leaves the axes whole that have no range', () => {
    expect(sliceShape([4, 5, 6], [null, [1, 3]])).toEqual([4, 2, 6])
  })

  it('never reaches outside an axis', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 9 }), (n, beyond) => {
        expect(() => sliceShape([n], [[0, n + beyond]])).toThrow(
          `slice: [${n}] by [[0, ${n + beyond}]]: ${n + beyond} is outside axis 0 of ${n}`,
        )
        expect(() => sliceShape([n], [[-n - beyond, n]])).toThrow(`is outside axis 0 of ${n}`)
      }),
    )
  })
})
