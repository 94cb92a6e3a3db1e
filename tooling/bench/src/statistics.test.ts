import { describe, expect, it } from '@jest/globals'
import { median, spread } from './statistics.js'

describe('statistics', () => {
  it('takes the middle, and between two the mean', () => {
    expect(median([5, 1, 100])).toBe(5)
    expect(median([4, 1, 100, 2])).toBe(3)
  })

  it('spreads by quartiles, which one outlier does not move', () => {
    expect(spread([1, 2, 3, 4, 5])).toBe(1)
    expect(spread([1, 2, 3, 4, 500])).toBe(1)
  })
})
