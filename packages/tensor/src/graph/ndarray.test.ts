import { describe, expect, it } from '@jest/globals'
import { ShapeError } from '../shape/index.js'
import { fromNested, ndarray, toNested, type Nested } from './ndarray.js'

describe('ndarray', () => {
  it('wraps a typed array, and copies a list into one of the element type', () => {
    const data = Float32Array.of(1, 2)
    expect(ndarray(data, [2, 1]).data).toBe(data)
    expect(ndarray([1.5, -1], [2], 'i32')).toEqual({ data: Int32Array.of(1, -1), shape: [2], dtype: 'i32' })
    expect(ndarray([1, 0], [2], 'bool').data).toEqual(Uint8Array.of(1, 0))
    expect(ndarray([], [2, 0]).data).toHaveLength(0)
    expect(ndarray([7], []).shape).toEqual([])
  })

  it('refuses data that do not fill the shape', () => {
    expect(() => ndarray([1, 2, 3], [2, 2])).toThrow(
      new ShapeError('ndarray: shape [2, 2] holds 4 elements, the data has 3'),
    )
  })
})

describe('nested arrays', () => {
  it.each<readonly [Nested, readonly number[]]>([
    [5, []],
    [[1, 2, 3], [3]],
    [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [3, 2],
    ],
    [[], [0]],
    [
      [[], []],
      [2, 0],
    ],
    [[[[1]]], [1, 1, 1]],
  ])('%j has shape %j and comes back', (nested, shape) => {
    const value = fromNested(nested)
    expect(value.shape).toEqual(shape)
    expect(toNested(value)).toEqual(nested)
  })

  it.each<readonly [Nested, string]>([
    [[[1, 2], [3]], 'fromNested: an array of length 1 stands at depth 1, where length 2 was expected'],
    [[[1], 2], 'fromNested: a number stands at depth 1, where an array of length 1 was expected'],
    [[1, [2]], 'fromNested: an array of length 1 stands at depth 1, where a number was expected'],
  ])('%j is ragged', (nested, message) => {
    expect(() => fromNested(nested)).toThrow(new ShapeError(message))
  })
})
