import { describe, expect, it } from '@jest/globals'
import { evaluate, full } from '@elbo/tensor'
import { learningRateCodec, scheduleFor, spellLearningRate, type LearningRate } from './course.js'

const at = async (rate: LearningRate, steps: readonly number[]) =>
  (await evaluate(steps.map(step => scheduleFor(rate)(full([], step))))).map(({ data }) => data[0])

describe('the learning rate of a run', () => {
  it.each<[LearningRate, string, readonly number[]]>([
    [{ peak: 0.5, warmUp: 0, decay: 'none', steps: 0 }, '0.5', [0.5, 0.5, 0.5, 0.5]],
    [
      { peak: 0.5, warmUp: 0, decay: 'linear', steps: 20 },
      '0.5, falling by a line until step 20',
      [0.5, 0.45, 0.25, 0.025],
    ],
    [
      { peak: 0.5, warmUp: 0, decay: 'cosine', steps: 20 },
      '0.5, falling by a cosine until step 20',
      [0, 2, 10, 19].map(step => 0.25 * (1 + Math.cos((Math.PI * step) / 20))),
    ],
    [
      { peak: 0.5, warmUp: 0, decay: 'cosine', steps: 20, last: 0.1 },
      '0.5, falling by a cosine to 0.1 until step 20',
      [0, 2, 10, 19].map(step => 0.1 + 0.2 * (1 + Math.cos((Math.PI * step) / 20))),
    ],
    [
      { peak: 0.5, warmUp: 4, decay: 'none', steps: 0 },
      '0.5, warmed up over 4 steps',
      [0.125, 0.3125, 0.5, 0.5],
    ],
  ])('%j is %s', async (rate, spelt, values) => {
    expect(spellLearningRate(rate)).toBe(spelt)
    const found = await at(rate, [0, 2, 10, 19])
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(values[i], 6)
    })
    expect(learningRateCodec.decode(JSON.parse(JSON.stringify(rate)))).toMatchObject({ right: rate })
  })

  it('leaves steps to fall in', () => {
    expect(() => scheduleFor({ peak: 1, warmUp: 5, decay: 'linear', steps: 5 })).toThrow(
      new RangeError('scheduleFor: a warm-up of 5 steps leaves none of 5 to decay in'),
    )
  })
})
