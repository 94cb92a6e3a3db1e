import { describe, expect, it } from '@jest/globals'
import { disagreements, errorOf, momentsOf } from './agreement.js'
import { draw, noise } from './works/inputs.js'

describe('agreement', () => {
  it('measures by the largest number', () => {
    expect(errorOf([1, 9.9], [1, 10])).toBeCloseTo(0.01)
    expect(errorOf([NaN], [1])).toBe(Infinity)
    expect(errorOf([1], [1, 2])).toBe(Infinity)
  })

  it('finds who differs from the first, and who has one wrong number', () => {
    const results = ['a', 'b', 'c'].map(contestant => ({ contestant, values: [1, 2, 3] }))
    results[1].values = [1, 2, 3.000001]
    results[2].values = [1, 2.01, 3]
    expect(
      disagreements(results, { compares: 'array', tolerance: 1e-5 }).map(({ contestant }) => contestant),
    ).toEqual(['c'])
  })

  it('compares draws by moments alone', () => {
    const { x } = draw({ x: noise([20_000]) })
    const moments = { mean: 0, deviation: 1, kurtosis: 3 }
    const work = { compares: 'moments', tolerance: 0.05, moments }
    expect(momentsOf([...x.data], moments)[1]).toBeCloseTo(1, 1)
    expect(disagreements([{ contestant: 'a', values: [...x.data] }], work)).toEqual([])
    expect(disagreements([{ contestant: 'a', values: [...x.data].map(v => 1.1 * v) }], work)).toHaveLength(1)
    const shifted = { ...moments, mean: 40, deviation: 6 }
    const moved = [...x.data].map(v => 40 + 6 * v)
    expect(disagreements([{ contestant: 'a', values: moved }], { ...work, moments: shifted })).toEqual([])
    const off = moved.map(v => v + 1)
    expect(disagreements([{ contestant: 'a', values: off }], { ...work, moments: shifted })).toHaveLength(1)
  })
})
