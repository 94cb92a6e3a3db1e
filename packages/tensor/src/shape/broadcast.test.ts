import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { broadcastShapes, broadcastToShape } from './broadcast.js'
import { type Shape, ShapeError } from './shape.js'

const shapes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 })

/** NumPy's rule as its manual words it: pad with ones in front, then per axis the one dimension that is not 1. */
const model = (a: Shape, b: Shape): Shape | undefined => {
  const rank = Math.max(a.length, b.length)
  const padded = [a, b].map(shape => [...new Array<number>(rank - shape.length).fill(1), ...shape])
  const axes = padded[0].map((_, axis) => [...new Set(padded.map(shape => shape[axis]))].filter(d => d !== 1))
  return axes.some(others => others.length > 1) ? undefined : axes.map(others => others[0] ?? 1)
}

describe('broadcastShapes', () => {
  // https://numpy.org/doc/stable/user/basics.broadcasting.html, "General broadcasting rules"
  it.each([
    [[256, 256, 3], [3], [256, 256, 3]],
    [
      [8, 1, 6, 1],
      [7, 1, 5],
      [8, 7, 6, 5],
    ],
    [[5, 4], [1], [5, 4]],
    [[5, 4], [4], [5, 4]],
    [
      [15, 3, 5],
      [15, 1, 5],
      [15, 3, 5],
    ],
    [
      [15, 3, 5],
      [3, 5],
      [15, 3, 5],
    ],
    [
      [15, 3, 5],
      [3, 1],
      [15, 3, 5],
    ],
  ])('%j and %j: %j', (a: Shape, b: Shape, result: Shape) => {
    expect(broadcastShapes('add', a, b)).toEqual(result)
  })

  it('agrees with the rule as it is worded, in either order', () => {
    fc.assert(
      fc.property(shapes, shapes, (a, b) => {
        const common = model(a, b)
        if (common === undefined) {
          expect(() => broadcastShapes('add', a, b)).toThrow(ShapeError)
          expect(() => broadcastShapes('add', b, a)).toThrow(ShapeError)
        } else {
          expect(broadcastShapes('add', a, b)).toEqual(common)
          expect(broadcastShapes('add', b, a)).toEqual(common)
        }
      }),
    )
  })

  it('is associative where it is defined', () => {
    const result = (run: () => Shape) => {
      try {
        return run()
      } catch {
        return undefined
      }
    }
    fc.assert(
      fc.property(shapes, shapes, shapes, (a, b, c) => {
        const left = result(() => broadcastShapes('where', broadcastShapes('where', a, b), c))
        const right = result(() => broadcastShapes('where', a, broadcastShapes('where', b, c)))
        expect(left).toEqual(right)
        expect(result(() => broadcastShapes('where', a, b, c))).toEqual(left)
      }),
    )
  })
})

describe('broadcastToShape', () => {
  it('accepts a target exactly if it is the common shape', () => {
    fc.assert(
      fc.property(shapes, shapes, (shape, target) => {
        const fits = JSON.stringify(model(shape, target)) === JSON.stringify(target)
        if (fits) expect(broadcastToShape(shape, target)).toEqual(target)
        else expect(() => broadcastToShape(shape, target)).toThrow(ShapeError)
      }),
    )
  })
})
