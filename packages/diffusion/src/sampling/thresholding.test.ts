import { expect, it } from '@jest/globals'
import { scalar, tensor, type Shape, type Tensor } from '@elbo/tensor'
import { plus, times } from '../arithmetic.js'
import { inDoubles, numbers } from '../evaluate.testing.js'
import type { Denoiser } from '../process/denoiser.js'
import { SamplingError } from './sampling-error.js'
import { dynamicThreshold, staticThreshold } from './thresholding.js'

const level = {
  time: scalar(0.5),
  alpha: scalar(0.75),
  sigma: scalar(0.5),
  logSnr: scalar(2 * Math.log(1.5)),
}
const rows = [
  [0.25, -0.5, 0.75, 0.125],
  [3, -1, 0.5, -2],
]
const z = tensor(rows.flat(), [2, 2, 2]) as Tensor<Shape>
/** Says that x is z. */
const saying: Denoiser<Shape> = at => ({ x: at, epsilon: at })

/** z is made of both still. */
const expectWhole = async (denoise: Denoiser<Shape>): Promise<readonly number[]> => {
  const { x, epsilon } = denoise(z, level)
  const again = await numbers(plus(times(x, 0.75), times(epsilon, 0.5)), inDoubles)
  again.forEach((value, i) => expect(value).toBeCloseTo(rows.flat()[i], 6))
  return numbers(x, inDoubles)
}

it('holds x within a bound', async () => {
  expect(await expectWhole(staticThreshold()(saying))).toEqual([0.25, -0.5, 0.75, 0.125, 1, -1, 0.5, -1])
  expect(await expectWhole(staticThreshold(2)(saying))).toEqual([0.25, -0.5, 0.75, 0.125, 2, -1, 0.5, -2])
})

it('holds each example within a quantile of its own, and no closer than 1', async () => {
  // numpy.quantile([.5, 1, 2, 3], .6) is 1.8; the first example stays within 1.
  const found = await expectWhole(dynamicThreshold({ quantile: 0.6 })(saying))
  const expected = [0.25, -0.5, 0.75, 0.125, 1, -1 / 1.8, 0.5 / 1.8, -1]
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6))
  const all = await expectWhole(dynamicThreshold({ quantile: 1 })(saying))
  all.slice(4).forEach((value, i) => expect(value).toBeCloseTo(rows[1][i] / 3, 6))
})

it('has a quantile', () => {
  for (const quantile of [0, 1.5]) expect(() => dynamicThreshold({ quantile })).toThrow(SamplingError)
})
