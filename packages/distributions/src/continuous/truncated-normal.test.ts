import { describe, expect, it } from '@jest/globals'
import { add, scalar, tensor, type Tensor } from '@elbo/tensor'
import { Normal, ParameterError, TruncatedNormal, violated, violations } from '../index.js'
import { numbers, onCpu } from '../laws/evaluate.testing.js'

describe('TruncatedNormal', () => {
  it('holds its ends to their order, in every place of the batch', () => {
    expect(() => TruncatedNormal({ loc: 0, scale: 1, low: 3, high: 1 })).toThrow(
      new RegExp('^TruncatedNormal: low, high must be increasing, but is \\[3, 1\\]$'),
    )
    expect(() => TruncatedNormal({ loc: 0, scale: 1, low: [[0], [2]], high: [1, 3, 2] })).toThrow(
      new RegExp('^TruncatedNormal: low, high must be increasing, but is \\[2, 1\\] at \\[1, 0\\]$'),
    )
    for (const [low, high] of [
      [Infinity, Infinity],
      [-Infinity, -Infinity],
      [1, 1],
    ])
      expect(() => TruncatedNormal({ loc: 0, scale: 1, low, high })).toThrow(ParameterError)
    expect(() => TruncatedNormal({ loc: 0, scale: 1, low: NaN, high: 1 })).toThrow(
      new RegExp('^TruncatedNormal: low must be a number or infinite, but is NaN$'),
    )
  })

  it('tells of ends that are computed', async () => {
    const low = add(scalar(2))(tensor([-Infinity, 0, 3])) as Tensor<[3]>
    const found = violations(TruncatedNormal({ loc: 0, scale: 1, low, high: 4 }))
    const values = Object.fromEntries(
      await Promise.all(
        Object.entries(found).map(
          async ([name, { count, first }]) =>
            [name, { count: await onCpu(count), first: await onCpu(first) }] as const,
        ),
      ),
    )
    expect(violated(values)).toEqual([
      'TruncatedNormal: low, high must be increasing, but is [5, 4] (1 of its values)',
    ])
  })

  it('is the normal distribution where nothing is cut off', async () => {
    const [cut, whole] = [
      TruncatedNormal({ loc: 3, scale: 2, low: -Infinity, high: Infinity }),
      Normal({ loc: 3, scale: 2 }),
    ]
    const x = tensor([-20, -1, 3, 4.5, 15])
    const p = tensor([1e-6, 0.2, 0.5, 0.999])
    for (const [own, other] of [
      [cut.logProb(x), whole.logProb(x)],
      [cut.cdf(x), whole.cdf(x)],
      [cut.icdf(p), whole.icdf(p)],
      [cut.mean(), whole.mean()],
      [cut.variance(), whole.variance()],
      [cut.entropy(), whole.entropy()],
    ]) {
      const expected = await numbers(other)
      ;(await numbers(own)).forEach((y, i) =>
        expect(Math.abs(y - expected[i])).toBeLessThan(1e-5 * Math.abs(expected[i])),
      )
    }
    expect(await numbers(cut.cdf(tensor([-Infinity, Infinity])))).toEqual([0, 1])
  })
})
