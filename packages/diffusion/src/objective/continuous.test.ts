import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { Normal, toEvent } from '@elbo/distributions'
import { grad, key, scalar, square, sum, tensor, type Tensor } from '@elbo/tensor'
import type { Real } from '../arithmetic.js'
import { data, numbers } from '../evaluate.testing.js'
import {
  continuousBound,
  exactMixture,
  learnedLogSnr,
  levelAt,
  levelsAtTimes,
  lineLogSnr,
  princeMixture,
  slopeOf,
  type Estimate,
  type Family,
  type LearnedLogSnr,
  type TensorLogSnr,
} from '../index.js'

const [first, last] = [9, -6]
const parameters: LearnedLogSnr = {
  first: scalar(first),
  // softplus of it is 15.
  fall: scalar(Math.log(Math.expm1(first - last))),
  steepness: tensor([3, 6, 1], [3]),
  place: tensor([1, 5, -2], [3]),
  amount: tensor([0.5, 1, -1], [3]),
}
const curves: readonly (readonly [string, TensorLogSnr])[] = [
  ['a line', lineLogSnr(first, last)],
  ['a network', learnedLogSnr(parameters)],
]
const times = [0, 0.1, 0.35, 0.5, 0.8, 1]
const families: readonly Family[] = [
  'variance-preserving',
  'sub-variance-preserving',
  'variance-exploding',
  'rectified-flow',
]

describe.each(curves)('ln SNR as %s', (_, logSnr) => {
  it('falls from one end to the other, as fast as its slope says', async () => {
    const at = async (shift: number) =>
      numbers(
        logSnr(
          data(
            times.map(t => t + shift),
            [times.length],
          ),
        ),
      )
    const values = await at(0)
    expect(values[0]).toBeCloseTo(first, 4)
    expect(values[times.length - 1]).toBeCloseTo(last, 4)
    const [up, down] = [await at(0.01), await at(-0.01)]
    const slopes = await numbers(slopeOf(logSnr)(data(times, [times.length])))
    slopes.forEach((slope, i) => {
      expect(slope).toBeLessThan(0)
      expect(Math.abs((up[i] - down[i]) / 0.02 / slope - 1)).toBeLessThan(5e-3)
    })
  })

  it.each(families)('has the levels of its family: %s', async family => {
    const time = data(times, [times.length])
    const level = levelsAtTimes(family, logSnr)(time)
    const [alpha, sigma, values] = [
      await numbers(level.alpha),
      await numbers(level.sigma),
      await numbers(level.logSnr),
    ]
    values.forEach((value, i) => {
      const expected = levelAt(family)(value, times[i])
      expect(alpha[i] / expected.alpha).toBeCloseTo(1, 5)
      expect(sigma[i] / expected.sigma).toBeCloseTo(1, 5)
    })
  })
})

const prince = exactMixture(princeMixture)
const entropy = 1.000676943350587
const boundOf = (family: Family, logSnr: TensorLogSnr, count: number) => {
  const { alpha, sigma } = levelAt(family)(first, 0)
  const likelihood = ({ x: loc }: Estimate<readonly [number, number]>) =>
    pipe(Normal({ loc, scale: sigma / alpha }), toEvent(1))
  const x = prince.sample(count)(key(1))
  return continuousBound({ family, logSnr, denoiser: prince.denoiser }, likelihood)(x)(key(2))
}

describe('the bound in continuous time', () => {
  it.each(curves)(
    'is the entropy of the data for the best denoiser, whatever the curve: %s',
    async (_, logSnr) => {
      const count = 60_000
      const bound = boundOf('variance-preserving', logSnr, count)
      const values = await numbers(bound.elbo)
      const nats = -values.reduce((a, b) => a + b, 0) / count
      const error = Math.sqrt(values.reduce((a, b) => a + (b + nats) ** 2, 0)) / count
      expect(error).toBeLessThan(0.035)
      // Noise of e^−4.5 is within the narrowest component, and at the end little signal is left.
      expect(Math.abs(nats - entropy)).toBeLessThan(3 * error)
      expect(Math.min(...(await numbers(bound.top)))).toBeGreaterThanOrEqual(0)
    },
  )

  it.each(families)('is of ln SNR alone, not of how signal and noise share it: %s', async family => {
    const steps = await numbers(boundOf(family, curves[1][1], 200).steps)
    const expected = await numbers(boundOf('variance-preserving', curves[1][1], 200).steps)
    steps.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(1e-2 * Math.max(1, expected[i]))
    })
  })
})

describe('a learned ln SNR', () => {
  it('has a gradient in every parameter', async () => {
    const loss = (p: LearnedLogSnr): Tensor<[]> =>
      sum()(square(learnedLogSnr(p)(data(times, [times.length]))))
    const slopes = grad(loss)(parameters)
    for (const part of Object.values(slopes) as readonly Real[])
      for (const value of await numbers(part)) expect(Math.abs(value)).toBeGreaterThan(1e-4)
  })
})
