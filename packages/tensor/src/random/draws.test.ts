import { describe, expect, it } from '@jest/globals'
import { reference } from '../backends/reference/reference.js'
import type { AnyTensor } from '../graph/tensor.js'
import { full } from '../ops/creation.js'
import { erf } from '../special/index.js'
import { evaluator } from '../runtime/evaluate.js'
import { run } from '../runtime/run.js'
import { bernoulli, bits, integers, normal, permutation, uniform, uniformBetween } from './draws.js'
import { key, split } from './key.js'

const evaluate = evaluator(run(reference()))
const numbers = async (x: AnyTensor): Promise<number[]> => Array.from((await evaluate(x)).data)

const count = 40_000

/** The largest distance between the draws' distribution and the given one: Kolmogorov and Smirnov's statistic. */
const distance = (draws: readonly number[], cumulative: (x: number) => number): number =>
  [...draws]
    .sort((a, b) => a - b)
    .reduce((far, x, i) => {
      const p = cumulative(x)
      return Math.max(far, p - i / draws.length, (i + 1) / draws.length - p)
    }, 0)

/** The distance that one sample in a thousand exceeds, for large n: 1.95/√n. */
const critical = 1.95 / Math.sqrt(count)

const moment = (draws: readonly number[], order: number): number =>
  draws.reduce((sum, x) => sum + x ** order, 0) / draws.length

/** Within four standard errors, where a draw to this power has the given standard deviation. */
const expectMoment = (draws: readonly number[], order: number, value: number, deviation: number): void => {
  expect(Math.abs(moment(draws, order) - value)).toBeLessThan((4 * deviation) / Math.sqrt(draws.length))
}

describe('draws', () => {
  it('uniform: on [0, 1), flat, by its moments and by Kolmogorov and Smirnov', async () => {
    const draws = await numbers(uniform([count])(key(1)))
    expect(draws.every(x => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 24))).toBe(true)
    expect(distance(draws, x => x)).toBeLessThan(critical)
    expectMoment(draws, 1, 1 / 2, Math.sqrt(1 / 12))
    expectMoment(draws, 2, 1 / 3, Math.sqrt(1 / 5 - 1 / 9))
  })

  it('normal: by its moments and by Kolmogorov and Smirnov', async () => {
    const draws = await numbers(normal([count])(key(2)))
    expect(distance(draws, x => (1 + erf(x * Math.SQRT1_2)) / 2)).toBeLessThan(critical)
    expectMoment(draws, 1, 0, 1)
    expectMoment(draws, 2, 1, Math.SQRT2)
    expectMoment(draws, 3, 0, Math.sqrt(15))
    expectMoment(draws, 4, 3, Math.sqrt(96))
  })

  it('neighbouring draws and draws of sister keys are uncorrelated', async () => {
    const [first, second] = split(key(3))
    const [a, b] = [await numbers(normal([count])(first)), await numbers(normal([count])(second))]
    const correlation = (f: (i: number) => number): number =>
      a.reduce((sum, x, i) => sum + x * f(i), 0) / Math.sqrt(count)
    for (const value of [
      correlation(i => a[(i + 1) % count]),
      correlation(i => a[(i + count / 2) % count]),
      correlation(i => b[i]),
    ])
      expect(Math.abs(value)).toBeLessThan(4)
  })

  it('bits: each of the 32 is set half of the time', async () => {
    const draws = await numbers(bits([count])(key(4)))
    for (let bit = 0; bit < 32; bit++) {
      const set = draws.filter(word => (word >>> bit) & 1).length
      expect(Math.abs(set - count / 2)).toBeLessThan(2.5 * Math.sqrt(count))
    }
  })

  it('bernoulli: true as often as the probability says, never at 0, always at 1', async () => {
    for (const p of [0, 0.1, 0.5, 0.93, 1]) {
      const draws = await numbers(bernoulli(full([count], p))(key(5)))
      const trues = draws.reduce((sum, x) => sum + x, 0)
      expect(Math.abs(trues - p * count)).toBeLessThanOrEqual(4 * Math.sqrt(count * p * (1 - p)))
    }
  })

  it('integers: every one from low up to high, equally often', async () => {
    const draws = await numbers(integers(-3, 4)([7000])(key(6)))
    const tally = new Map<number, number>()
    for (const n of draws) tally.set(n, (tally.get(n) ?? 0) + 1)
    expect([...tally.keys()].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3])
    // χ² with 6 degrees of freedom: one in a thousand exceeds 22.46.
    expect([...tally.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(22.46)
  })

  it('integers: of the whole range of i32 too', async () => {
    const draws = await numbers(integers(-(2 ** 31), 2 ** 31)([1000])(key(7)))
    expect(Math.min(...draws)).toBeLessThan(-2e9)
    expect(Math.max(...draws)).toBeGreaterThan(2e9)
  })

  it.each([
    [3, 3],
    [4, 3],
    [0.5, 3],
    [0, 2 ** 31 + 1],
    [-(2 ** 31) - 1, 0],
  ])('integers: refuses %p up to %p', (low, high) => {
    expect(() => integers(low, high)([1])(key(1))).toThrow(
      new RangeError(`integers: there is no i32 from ${low} up to ${high}`),
    )
  })

  it.each([0, 1, 2, 17, 1000])('permutation: of %p is one', async n => {
    const order = await numbers(permutation(n)(key(8)))
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
  })

  it('permutation: each of the six of three comes up equally often', async () => {
    const tally = new Map<string, number>()
    for (let seed = 0; seed < 1200; seed++) {
      const order = (await numbers(permutation(3)(key(seed)))).join()
      tally.set(order, (tally.get(order) ?? 0) + 1)
    }
    expect(tally.size).toBe(6)
    // χ² with 5 degrees of freedom: one in a thousand exceeds 20.52.
    expect([...tally.values()].reduce((sum, n) => sum + (n - 200) ** 2 / 200, 0)).toBeLessThan(20.52)
  })

  it('uniformBetween: never the upper bound, where the sum would round up to it', async () => {
    for (const [low, high] of [
      [1, 2],
      [-2, -1],
      [1000, 1001],
      [-1, 0],
    ] as const) {
      const draws = await numbers(uniformBetween(low, high)([count])(key(9)))
      expect(draws.every(x => x >= low && x < high)).toBe(true)
      expect(distance(draws, x => (x - low) / (high - low))).toBeLessThan(critical + 2 ** -13)
    }
    expect(() => uniformBetween(2, 1)([1])(key(1))).toThrow(
      new RangeError('uniformBetween: there is no f32 from 2 up to 1'),
    )
  })

  it('give one key the same numbers in any shape, and scalars and nothing', async () => {
    expect(await numbers(normal([2, 3])(key(1)))).toEqual(await numbers(normal([6])(key(1))))
    expect(await numbers(uniform([])(key(1)))).toHaveLength(1)
    expect(await numbers(uniform([0, 3])(key(1)))).toEqual([])
  })
})
