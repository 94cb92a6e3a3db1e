import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { reference } from '../backends/reference/reference.js'
import type { AnyTensor } from '../graph/tensor.js'
import { tensor } from '../ops/creation.js'
import { evaluator } from '../runtime/evaluate.js'
import { run } from '../runtime/run.js'
import { draw, generate, replicate, type Gen } from './gen.js'
import { foldIn, key, split, words, type Key } from './key.js'
import { threefry2x32 } from './threefry.js'

const evaluate = evaluator(run(reference()))
const numbers = async (x: AnyTensor): Promise<number[]> => Array.from((await evaluate(x)).data)
const spell = async (k: Key): Promise<string> => (await numbers(k)).join()
const seeds = fc.maxSafeNat()

describe('key', () => {
  it('holds the low and high words of the seed', async () => {
    expect(await numbers(key(0))).toEqual([0, 0])
    expect(await numbers(key(7))).toEqual([0, 7])
    expect(await numbers(key(2 ** 53 - 1))).toEqual([2 ** 21 - 1, 2 ** 32 - 1])
  })

  it.each([-1, 0.5, 2 ** 53, NaN])('refuses the seed %p', seed => {
    expect(() => key(seed)).toThrow(
      new RangeError(`key: seed ${seed} is not a whole number from 0 to 2^53 − 1`),
    )
  })
})

describe('words', () => {
  it('are the two words of each block of the generator, in domain 0', () =>
    fc.assert(
      fc.asyncProperty(seeds, fc.nat(9), async (seed, count) => {
        const [high, low] = await numbers(key(seed))
        const blocks = Array.from({ length: Math.ceil(count / 2) }, (_, i) =>
          threefry2x32([high, low], [i, 0]),
        )
        const expected = [...blocks.map(([first]) => first), ...blocks.map(([, second]) => second)]
        expect(await numbers(words(key(seed), count))).toEqual(expected.slice(0, count))
      }),
    ))
})

describe('split', () => {
  it('gives keys that differ from each other, from their source and from its draws', () =>
    fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 1, max: 5 }), async (seed, count) => {
        const source = key(seed)
        const keys = [...split(source, count), source, foldIn(0)(source), foldIn(1)(source)]
        const spelt = await Promise.all([
          ...keys.map(spell),
          numbers(words(source, 2)).then(list => list.join()),
        ])
        expect(new Set(spelt).size).toBe(spelt.length)
      }),
      { numRuns: 30 },
    ))

  it('gives the same first keys however many are asked for', async () => {
    const [few, many] = [split(key(3), 2), split(key(3), 7)]
    expect(await Promise.all(few.map(spell))).toEqual(await Promise.all(many.slice(0, 2).map(spell)))
  })

  it('follows from the seed alone', async () => {
    expect(await spell(split(key(11))[1])).toBe(await spell(split(key(11))[1]))
  })
})

describe('foldIn', () => {
  it('is a different key for every number', async () => {
    const folded = await Promise.all(Array.from({ length: 50 }, (_, i) => spell(foldIn(i)(key(1)))))
    expect(new Set(folded).size).toBe(50)
  })

  it('takes a tensor for a number, and depends on the order', async () => {
    const traced = tensor([5], [], 'u32')
    expect(await spell(foldIn(traced)(key(1)))).toBe(await spell(foldIn(5)(key(1))))
    expect(await spell(foldIn(1)(foldIn(2)(key(1))))).not.toBe(await spell(foldIn(2)(foldIn(1)(key(1)))))
  })
})

describe('Gen', () => {
  const raw: Gen<Key> = draw(k => k)

  it('uses a key once: each draw takes half and hands on the other', async () => {
    const [first, next] = raw(key(9))
    const [second] = raw(next)
    expect(await spell(first)).toBe(await spell(split(key(9))[1]))
    expect(await spell(first)).not.toBe(await spell(second))
    expect(await spell(generate(key(9))(raw))).toBe(await spell(first))
  })

  it('repeats as if drawn one after the other, without growing the stack', async () => {
    const [keys] = replicate(3)(raw)(key(9))
    let state = key(9)
    for (const drawn of keys) {
      const [value, next] = raw(state)
      expect(await spell(drawn)).toBe(await spell(value))
      state = next
    }
    const counted: Gen<number> = state2 => [1, state2]
    expect(replicate(50_000)(counted)(key(1))[0]).toHaveLength(50_000)
  })
})
