import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { resolveAxes, resolveAxis } from './axis.js'
import { concatShape, stackShape } from './concat.js'
import { einsumExtents, einsumShape } from './einsum.js'
import { takeAlongAxisShape, takeShape } from './gather.js'
import { matmulShape } from './matmul.js'
import { padShape } from './pad.js'
import { reducedAxes, reduceShape } from './reduce.js'
import { reshapeShape } from './reshape.js'
import { checkedShape, equalShapes, ShapeError, sizeOf } from './shape.js'
import { sliceShape } from './slice.js'
import { transposeAxes, transposeShape } from './transpose.js'
import { expandDimsShape, squeezeShape } from './unitAxes.js'

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 })
const shapeAndAxis = shapes.chain(shape =>
  fc.tuple(fc.constant(shape), fc.integer({ min: -shape.length, max: shape.length - 1 })),
)
const shapeAndOrder = shapes.chain(shape =>
  fc.tuple(
    fc.constant(shape),
    fc.shuffledSubarray(
      shape.map((_, axis) => axis),
      { minLength: shape.length },
    ),
  ),
)

describe('a shape error', () => {
  it('is an error of its own name with the sentence as its message', () => {
    const error = new ShapeError('add: [2] and [3]: dimensions 2 and 3 do not broadcast')
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).toBe('ShapeError: add: [2] and [3]: dimensions 2 and 3 do not broadcast')
  })

  it.each([NaN, Infinity, 2 ** 53, -1, 0.5])('rejects the dimension %d', dimension => {
    expect(() => checkedShape('zeros', [2, dimension])).toThrow(ShapeError)
  })
})

describe('axes', () => {
  it('count from the end if negative, as Array.prototype.at does', () => {
    fc.assert(
      fc.property(shapeAndAxis, ([shape, axis]) => {
        const places = shape.map((_, place) => place)
        expect(resolveAxis('sum', shape, axis)).toBe(places.at(axis))
      }),
    )
  })

  it('are integers', () => {
    expect(() => resolveAxis('sum', [2, 3], 0.5)).toThrow('sum: [2, 3]: axis 0.5 is out of range for rank 2')
  })

  it('keep the order given', () => {
    expect(resolveAxes('sum', [2, 3, 4], [-1, 0])).toEqual([2, 0])
    expect(reducedAxes('sum', [2, 3, 4], [-1, 0])).toEqual([0, 2])
  })
})

describe('reduceShape', () => {
  it('with keepDims broadcasts back; without, squeezing that gives the same', () => {
    fc.assert(
      fc.property(shapeAndAxis, ([shape, axis]) => {
        const kept = reduceShape('sum', shape, axis, true)
        expect(sizeOf(kept) * shape[resolveAxis('sum', shape, axis)]).toBe(sizeOf(shape))
        expect(reduceShape('sum', shape, axis)).toEqual(squeezeShape(kept, axis))
      }),
    )
  })

  it('reduces every axis when none is given, and none for an empty list', () => {
    expect(reduceShape('sum', [2, 3])).toEqual([])
    expect(reduceShape('sum', [2, 3], undefined, true)).toEqual([1, 1])
    expect(reduceShape('sum', [2, 3], [])).toEqual([2, 3])
  })
})

describe('unit axes', () => {
  it('squeeze undoes expandDims', () => {
    fc.assert(
      fc.property(shapeAndAxis, ([shape, axis]) => {
        expect(squeezeShape(expandDimsShape(shape, axis), axis)).toEqual(shape)
      }),
    )
  })
})

describe('transposeShape', () => {
  it('is undone by the inverse permutation', () => {
    fc.assert(
      fc.property(shapeAndOrder, ([shape, order]) => {
        const inverse = order.map((_, place) => order.indexOf(place))
        expect(transposeShape(transposeShape(shape, order), inverse)).toEqual(shape)
      }),
    )
  })

  it('takes axes from the end', () => {
    expect(transposeAxes([2, 3, 4], [-1, 0, -2])).toEqual([2, 0, 1])
  })
})

describe('reshapeShape', () => {
  it('keeps the number of elements, whichever dimension is left open', () => {
    fc.assert(
      fc.property(shapeAndOrder, fc.nat(), ([shape, order], pick) => {
        const target = order.map(axis => shape[axis])
        const open = target.map((dimension, axis) => (axis === pick % target.length ? -1 : dimension))
        expect(reshapeShape(shape, target)).toEqual(target)
        expect(reshapeShape(shape, open)).toEqual(target)
      }),
    )
  })

  it('cannot tell what -1 is beside a dimension of 0', () => {
    expect(() => reshapeShape([0, 3], [0, -1])).toThrow(
      'reshape: [0, 3] to [0, -1]: 0 elements do not divide by 0',
    )
  })

  it('needs -1 to be a whole number', () => {
    expect(() => reshapeShape([2, 3], [4, -1])).toThrow(
      'reshape: [2, 3] to [4, -1]: 6 elements do not divide by 4',
    )
  })
})

describe('matmulShape and einsumShape', () => {
  it('agree', () => {
    const dimension = fc.integer({ min: 0, max: 6 })
    fc.assert(
      fc.property(dimension, dimension, dimension, dimension, dimension, (b, m, k, l, n) => {
        const product = () => matmulShape([b, m, k], [b, l, n])
        const sum = () =>
          einsumShape('bik,bkj->bij', [
            [b, m, k],
            [b, l, n],
          ])
        if (k === l) expect(product()).toEqual(sum())
        else {
          expect(product).toThrow(`inner dimensions ${k} and ${l} differ`)
          expect(sum).toThrow(`index k is both ${k} and ${l}`)
        }
      }),
    )
  })

  it('knows the extents of all indices', () => {
    expect([
      ...einsumExtents('ij,jk->ik', [
        [2, 3],
        [3, 4],
      ]),
    ]).toEqual([
      ['i', 2],
      ['j', 3],
      ['k', 4],
    ])
  })
})

describe('joining', () => {
  it('concat undoes a slice in two', () => {
    fc.assert(
      fc.property(shapeAndAxis, fc.nat(), ([shape, axis], pick) => {
        const place = resolveAxis('concat', shape, axis)
        const cut = pick % (shape[place] + 1)
        const whole = shape.map(() => null)
        const head = sliceShape(shape, whole.with(place, [0, cut] as never))
        const tail = sliceShape(shape, whole.with(place, [cut, null] as never))
        expect(concatShape([head, tail], axis)).toEqual(shape)
      }),
    )
  })

  it('stack is concat of the parts with a new axis', () => {
    fc.assert(
      fc.property(shapeAndAxis, fc.integer({ min: 1, max: 4 }), ([shape, axis], count) => {
        const parts = Array.from({ length: count }, () => shape)
        const expanded = parts.map(part => expandDimsShape(part, axis))
        expect(stackShape(parts, axis)).toEqual(concatShape(expanded, axis))
      }),
    )
  })
})

describe('padShape', () => {
  it('is undone by a slice', () => {
    fc.assert(
      fc.property(shapes, fc.nat(4), fc.nat(4), (shape, before, after) => {
        const padded = padShape(
          shape,
          shape.map(() => [before, after] as const),
        )
        const inside = shape.map(dimension => [before, before + dimension] as const)
        expect(sliceShape(padded, inside)).toEqual(shape)
      }),
    )
  })
})

describe('picking', () => {
  it('take of one index per pick is takeAlongAxis with the other axes of 1', () => {
    fc.assert(
      fc.property(shapeAndAxis, fc.integer({ min: 0, max: 5 }), ([shape, axis], picks) => {
        const place = resolveAxis('take', shape, axis)
        const indices = shape.with(place, picks)
        expect(takeShape(shape, [picks], axis)).toEqual(takeAlongAxisShape(shape, indices, axis))
      }),
    )
  })
})

describe('equalShapes', () => {
  it('compares rank and dimensions', () => {
    expect(equalShapes([2, 3], [2, 3])).toBe(true)
    expect(equalShapes([2, 3], [2])).toBe(false)
    expect(equalShapes([2], [2, 3])).toBe(false)
    expect(equalShapes([], [])).toBe(true)
  })
})
