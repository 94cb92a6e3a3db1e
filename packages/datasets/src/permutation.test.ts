import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { permutation, uniformBelow } from './permutation.js'

const word = fc.nat({ max: 0xffffffff })
const key = fc.tuple(word, word)
const epoch = fc.nat({ max: Number.MAX_SAFE_INTEGER })

const ascending = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe('permutation', () => {
  it('holds every index once', () => {
    fc.assert(
      fc.property(key, epoch, fc.nat({ max: 300 }), (key, epoch, count) => {
        expect(Array.from(permutation(key, epoch, count).sort())).toEqual(ascending(count))
      }),
    )
  })

  it('is the same for the same key and epoch', () => {
    fc.assert(
      fc.property(key, epoch, (key, epoch) => {
        expect(permutation(key, epoch, 64)).toEqual(permutation([...key], epoch, 64))
      }),
    )
  })

  // 64! orders: that two of them agree by chance has probability 1e-89.
  it('differs between keys and between epochs', () => {
    fc.assert(
      fc.property(key, key, epoch, epoch, (key, otherKey, epoch, otherEpoch) => {
        fc.pre(key[0] !== otherKey[0] || key[1] !== otherKey[1])
        fc.pre(epoch !== otherEpoch)
        expect(permutation(key, epoch, 64)).not.toEqual(permutation(otherKey, epoch, 64))
        expect(permutation(key, epoch, 64)).not.toEqual(permutation(key, otherEpoch, 64))
      }),
    )
  })

  it('tells epochs apart that agree in their lower 32 bits', () => {
    expect(permutation([1, 2], 3, 64)).not.toEqual(permutation([1, 2], 3 + 2 ** 32, 64))
  })

  // χ² with 23 degrees of freedom exceeds 62 with probability 2e-5, and the draws are fixed.
  it('gives each of the 24 orders of four elements equally often over epochs', () => {
    const draws = 24_000
    const seen = new Map<string, number>()
    for (let epoch = 0; epoch < draws; epoch++) {
      const order = permutation([0x243f6a88, 0x85a308d3], epoch, 4).join()
      seen.set(order, (seen.get(order) ?? 0) + 1)
    }
    const expected = draws / 24
    const chiSquared = [...seen.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
    expect(seen.size).toBe(24)
    expect(chiSquared).toBeLessThan(62)
  })

  it('keeps its order from version to version, for checkpoints rely on it', () => {
    expect(Array.from(permutation([0x13198a2e, 0x03707344], 7, 10))).toEqual([7, 8, 9, 1, 6, 5, 3, 2, 0, 4])
  })
})

describe('uniformBelow', () => {
  const wordsOf = (...words: number[]) => {
    const left = [...words]
    return { next: () => left.shift() as number, left }
  }

  it('rejects the words of the incomplete last run', () => {
    // 2³² = 3 · 1431655765 + 1: the one word 2³² − 1 is left over.
    const words = wordsOf(0xffffffff, 0xfffffffe, 0)
    expect(uniformBelow(3, words.next)).toBe(2)
    expect(words.left).toEqual([0])
  })

  it('rejects nothing where the bound divides 2³²', () => {
    expect(uniformBelow(2 ** 20, wordsOf(0xffffffff).next)).toBe(2 ** 20 - 1)
    expect(uniformBelow(1, wordsOf(0xffffffff).next)).toBe(0)
  })

  it('keeps all words below the bound where the bound is more than half of them', () => {
    const bound = 0x80000001
    expect(uniformBelow(bound, wordsOf(0x80000001, 0xffffffff, 0x80000000).next)).toBe(0x80000000)
  })
})
