import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { threefry2x32 } from './threefry.js'

type Words = readonly [number, number]

// The lines "threefry2x32 20" of kat_vectors in the Random123 distribution: counter, key, answer.
const knownAnswers: readonly (readonly [counter: Words, key: Words, answer: Words])[] = [
  [
    [0x00000000, 0x00000000],
    [0x00000000, 0x00000000],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x243f6a88, 0x85a308d3],
    [0x13198a2e, 0x03707344],
    [0xc4923a9c, 0x483df7a0],
  ],
]

const word = fc.nat({ max: 0xffffffff })
const words = fc.tuple(word, word)

describe('threefry2x32', () => {
  it.each(knownAnswers)('maps counter %p under key %p to the published %p', (counter, key, answer) => {
    expect(threefry2x32(key, counter)).toEqual(answer)
  })

  it('gives unsigned 32-bit words', () => {
    fc.assert(
      fc.property(words, words, (key, counter) => {
        for (const output of threefry2x32(key, counter)) {
          expect(output).toBe(output >>> 0)
        }
      }),
    )
  })

  it('is one-to-one in the counter', () => {
    fc.assert(
      fc.property(words, words, words, (key, one, other) => {
        fc.pre(one[0] !== other[0] || one[1] !== other[1])
        expect(threefry2x32(key, one)).not.toEqual(threefry2x32(key, other))
      }),
    )
  })
})
