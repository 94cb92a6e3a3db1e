import { describe, expect, it } from '@jest/globals'
import { constant, cpu, evaluator, grad, key, normal, run, sum, type Tensor } from '@elbo/tensor'
import { dropout } from './dropout.js'
import type { Rows } from './layer.js'

const evaluate = evaluator(run(cpu()))

describe('dropout', () => {
  it.each([0, 0.1, 0.5, 0.9])(
    'drops a part of %d and scales the rest, in the slope as in the value',
    async rate => {
      const [n, m] = [100, 200]
      const layer = dropout<Rows<200>>(rate)
      const x = normal([n, m])(key(1)) as Tensor as Rows<200>
      const train = (given: Rows<200>) => layer.train({}, layer.state, key(2))(given)[0]
      const found = await evaluate({
        x,
        y: train(x),
        slope: grad((given: Rows<200>) => sum()(train(given)))(x),
      })
      const slopes = Array.from(found.slope.data)
      const scale = Math.fround(1 / (1 - rate))
      expect(slopes.filter(slope => slope !== 0 && slope !== scale)).toEqual([])
      const expected = slopes.map((slope, i) => (slope === 0 ? 0 : Math.fround(slope * found.x.data[i])))
      expect(Array.from(found.y.data)).toEqual(expected)
      const kept = slopes.filter(slope => slope !== 0).length
      // Five standard errors.
      expect(Math.abs(kept - (1 - rate) * n * m)).toBeLessThanOrEqual(
        5 * Math.sqrt(rate * (1 - rate) * n * m),
      )
    },
  )

  it('drops a number that is not finite too', async () => {
    const x = constant({
      shape: [1, 400],
      dtype: 'f32',
      data: new Float32Array(400).fill(Infinity),
    }) as Rows<400>
    const { data } = await evaluate(dropout<Rows<400>>(0.5).train({}, {}, key(2))(x)[0])
    expect(new Set(data)).toEqual(new Set([0, Infinity]))
  })
})
