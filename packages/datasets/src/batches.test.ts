import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  batchesFrom,
  batchesOfEpoch,
  batchesPerEpoch,
  firstBatch,
  type Batch,
  type BatchPlan,
} from './batches.js'
import { permutation } from './permutation.js'

const take = (batches: Iterable<Batch>, count: number): Batch[] => {
  const taken: Batch[] = []
  for (const batch of batches) {
    if (taken.length === count) break
    taken.push(batch)
  }
  return taken
}

const word = fc.nat({ max: 0xffffffff })
const plan: fc.Arbitrary<BatchPlan> = fc
  .record({
    key: fc.tuple(word, word),
    count: fc.integer({ min: 1, max: 60 }),
    batchSize: fc.integer({ min: 1, max: 70 }),
    dropLast: fc.boolean(),
  })
  .filter(({ count, batchSize, dropLast }) => !dropLast || batchSize <= count)

const sample: BatchPlan<4, false> = { key: [1, 2], count: 10, batchSize: 4, dropLast: false }

describe('batchesOfEpoch', () => {
  it('lays the permutation of the epoch end to end, without the incomplete batch where it is dropped', () => {
    fc.assert(
      fc.property(plan, fc.nat({ max: 1000 }), (plan, epoch) => {
        const batches = [...batchesOfEpoch(plan, { epoch, batch: 0 })]
        const visited = batches.flatMap(({ indices }) => Array.from(indices))
        const kept = plan.dropLast ? plan.count - (plan.count % plan.batchSize) : plan.count
        expect(visited).toEqual(Array.from(permutation(plan.key, epoch, plan.count).subarray(0, kept)))
        expect(batches).toHaveLength(batchesPerEpoch(plan))
        for (const { indices } of plan.dropLast ? batches : batches.slice(0, -1)) {
          expect(indices).toHaveLength(plan.batchSize)
        }
      }),
    )
  })

  it('starts at the cursor', () => {
    const all = [...batchesOfEpoch(sample)]
    expect(all.map(({ indices }) => indices.length)).toEqual([4, 4, 2])
    expect([...batchesOfEpoch(sample, { epoch: 0, batch: 1 })]).toEqual(all.slice(1))
    expect([...batchesOfEpoch(sample, { epoch: 0, batch: 3 })]).toEqual([])
  })
})

describe('batchesFrom', () => {
  it('resumes exactly at any batch, through the cursor written as JSON', () => {
    fc.assert(
      fc.property(plan, fc.nat({ max: 40 }), (plan, done) => {
        const uninterrupted = take(batchesFrom(plan), done + 20)
        const cursor = done === 0 ? firstBatch : uninterrupted[done - 1].next
        const stored = JSON.parse(JSON.stringify(cursor)) as typeof cursor
        expect(take(batchesFrom(plan, stored), 20)).toEqual(uninterrupted.slice(done))
      }),
    )
  })

  it('counts epochs and batches', () => {
    expect(take(batchesFrom(sample), 4).map(({ cursor, next }) => [cursor, next])).toEqual([
      [
        { epoch: 0, batch: 0 },
        { epoch: 0, batch: 1 },
      ],
      [
        { epoch: 0, batch: 1 },
        { epoch: 0, batch: 2 },
      ],
      [
        { epoch: 0, batch: 2 },
        { epoch: 1, batch: 0 },
      ],
      [
        { epoch: 1, batch: 0 },
        { epoch: 1, batch: 1 },
      ],
    ])
  })

  it('can be iterated again', () => {
    const batches = batchesFrom(sample)
    expect(take(batches, 7)).toEqual(take(batches, 7))
  })

  it('goes on from the end of an epoch', () => {
    const [next] = take(batchesFrom(sample, { epoch: 0, batch: 3 }), 1)
    expect(next.cursor).toEqual({ epoch: 1, batch: 0 })
  })

  it('knows the length of full batches', () => {
    const [full] = batchesOfEpoch({ key: [1, 2], count: 10, batchSize: 4, dropLast: true })
    const four: 4 = full.indices.length
    expect(four).toBe(4)
  })
})

describe('a plan or cursor that cannot be right throws', () => {
  it.each<[Partial<BatchPlan>, string]>([
    [{ count: 0 }, 'count must be an integer from 1 to 4294967295, got 0'],
    [{ count: 2 ** 32 }, 'count must be an integer from 1 to 4294967295, got 4294967296'],
    [{ count: 2.5 }, 'count must be an integer from 1 to 4294967295, got 2.5'],
    [{ batchSize: 0 }, 'batchSize must be a positive integer, got 0'],
    [{ batchSize: Number.NaN }, 'batchSize must be a positive integer, got NaN'],
    [
      { batchSize: 11, dropLast: true },
      '10 elements do not fill one batch of 11, and dropLast leaves out a smaller one',
    ],
  ])('%p', (change, message) => {
    const wrong = { ...sample, ...change } as BatchPlan
    expect(() => batchesPerEpoch(wrong)).toThrow(new RangeError(`batches: ${message}`))
    expect(() => batchesFrom(wrong)).toThrow(RangeError)
  })

  it.each([
    { epoch: 0, batch: 4 },
    { epoch: -1, batch: 0 },
    { epoch: 0.5, batch: 0 },
  ])('%p', cursor => {
    expect(() => batchesFrom(sample, cursor)).toThrow(RangeError)
    expect(() => batchesOfEpoch(sample, cursor)).toThrow('does not belong to a plan of 3 batches per epoch')
  })
})
