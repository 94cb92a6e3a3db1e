import { describe, expect, it } from '@jest/globals'
import { run } from '@elbo/tensor'
import { activeUnits } from './activeUnits.js'
import { embed, encodeMeans } from './embed.js'
import { interpolate, linear, pointsOf, spherical } from './interpolate.js'
import {
  exampleRows,
  examples,
  offset,
  onCpu,
  posteriorMean,
  trainedLinear,
  upright,
} from './linearGaussian.testing.js'
import { manifold, normalQuantiles } from './manifold.js'
import { reconstruct } from './reconstruct.js'
import { decodeCodes, samplePictures } from './sample.js'
import { eachRow, rowValues, type RowValues } from './trained.js'
import { evenly, traverse } from './traverse.js'

const trained = trainedLinear(upright)
const decoded = (z: ArrayLike<number>): readonly number[] =>
  offset.map((b, i) => b + z[0] * upright.w[0][i] + z[1] * upright.w[1][i])

const expectRows = (found: RowValues, expected: readonly (readonly number[])[]): void => {
  expect(found.shape).toEqual([expected.length, expected[0].length])
  expected.flat().forEach((value, i) => {
    expect(found.data[i]).toBeCloseTo(value, 5)
  })
}

const ends = (from: number, to: number): readonly [RowValues, RowValues] => [
  rowValues([examples[from]], 3),
  rowValues([examples[to]], 3),
]

describe('paths between codes', () => {
  const half = Math.SQRT1_2
  it.each([
    ['linear', linear, [1, 0], [0, 1], 0.5, [0.5, 0.5]],
    ['spherical', spherical, [1, 0], [0, 1], 0.5, [half, half]],
    ['spherical, of a third', spherical, [1, 0, 0], [0, 1, 0], 1 / 3, [Math.cos(Math.PI / 6), 0.5, 0]],
    ['spherical, of two lengths', spherical, [2, 0], [0, 4], 0.5, [3 * half, 3 * half]],
    ['spherical, of one direction', spherical, [1, 1], [3, 3], 0.25, [1.5, 1.5]],
    ['spherical, of opposite ones', spherical, [1, 0], [-1, 0], 0.25, [0.5, 0]],
    ['spherical, from the origin', spherical, [0, 0], [2, 0], 0.5, [1, 0]],
  ])('%s', (_, path, from, to, t, expected) => {
    path(
      from,
      to,
    )(t).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 12)
    })
    for (const [end, code] of [
      [0, from],
      [1, to],
    ] as const)
      path(
        from,
        to,
      )(end).forEach((value, i) => {
        expect(value).toBeCloseTo(code[i], 12)
      })
  })

  it('have two ends', () => {
    expect(pointsOf(linear, [0], [1], 5)).toEqual([[0], [0.25], [0.5], [0.75], [1]])
    expect(() => pointsOf(linear, [0], [1], 1)).toThrow('interpolate: 1 steps: two at least')
  })

  it.each([
    ['linear', linear],
    ['spherical', spherical],
  ])('are decoded point by point: %s', async (_, path) => {
    const found = await run(interpolate(onCpu)(trained, ends(1, 3), { steps: 4, path }))
    const codes = pointsOf(path, posteriorMean(upright, examples[1]), posteriorMean(upright, examples[3]), 4)
    expectRows(found, codes.map(decoded))
  })

  it('lead from as many rows to as many', () => {
    expect(() => interpolate(onCpu)(trained, [exampleRows, ends(0, 1)[0]], { steps: 2 })).toThrow(
      'interpolate: from 5 rows to 1',
    )
  })
})

describe('pictures', () => {
  it('of reconstructions are those of the codes’ means', async () => {
    expectRows(
      await run(reconstruct(onCpu)(trained, exampleRows)),
      examples.map(x => decoded(posteriorMean(upright, x))),
    )
  })

  it('of traversals change one coordinate', async () => {
    const values = evenly(-3, 3, 4)
    expect(values).toEqual([-3, -1, 1, 3])
    const found = await run(traverse(onCpu)(trained, ends(2, 0)[0], { dimension: 1, values }))
    const [first] = posteriorMean(upright, examples[2])
    expectRows(
      found,
      values.map(value => decoded([first, value])),
    )
    await expect(run(traverse(onCpu)(trained, exampleRows, { dimension: 2, values }))).rejects.toThrow(
      'traverse: dimension 2 of 2',
    )
  })

  it('of the manifold stand at quantiles of the normal distribution', async () => {
    // scipy.stats.norm.ppf([.125, .375, .625, .875])
    const quantiles = [-1.1503493803760079, -0.31863936396437514, 0.31863936396437514, 1.1503493803760079]
    const found = await run(normalQuantiles(onCpu)(4))
    quantiles.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5)
    })
    expectRows(
      await run(manifold(onCpu)(trained, { size: 4 })),
      quantiles.toReversed().flatMap(y => quantiles.map(x => decoded([x, y]))),
    )
    expectRows(
      await run(manifold(onCpu)(trained, { size: 4, dimensions: [1, 0] })),
      quantiles.toReversed().flatMap(y => quantiles.map(x => decoded([y, x]))),
    )
    expect(() => manifold(onCpu)(trained, { size: 4, dimensions: [0, 2] })).toThrow(
      'manifold: dimensions 0 and 2 of 2',
    )
  })

  it('of samples have the moments of the model, and one seed gives one set', async () => {
    const count = 4000
    const found = await run(samplePictures(onCpu)(trained, { count, seed: 4 }))
    for (const pixel of [0, 1, 2]) {
      const values = eachRow(found).map(row => row[pixel])
      const mean = values.reduce((sum, value) => sum + value / count, 0)
      const deviation = Math.hypot(upright.w[0][pixel], upright.w[1][pixel])
      expect(Math.abs(mean - offset[pixel])).toBeLessThan((5 * deviation) / Math.sqrt(count))
    }
    const again = await run(samplePictures(onCpu)(trained, { count: 3, seed: 4 }))
    expect(await run(samplePictures(onCpu)(trained, { count: 3, seed: 4 }))).toEqual(again)
    expect((await run(samplePictures(onCpu)(trained, { count: 3, seed: 5 }))).data).not.toEqual(again.data)
  })

  it('of codes are what the decoder makes of them', async () => {
    expectRows(await run(decodeCodes(onCpu)(trained, rowValues([[1, -2]], 2))), [decoded([1, -2])])
  })
})

describe('an embedding', () => {
  it('has the posterior’s moments for every example, in batches, and the labels', async () => {
    const found = await run(embed(onCpu)(trained, exampleRows, { batch: 2, labels: [4, 3, 2, 1, 0] }))
    expectRows(
      found.means,
      examples.map(x => posteriorMean(upright, x)),
    )
    const whole = await run(embed(onCpu)(trained, exampleRows))
    expect(found.variances).toEqual(whole.variances)
    expect(found.labels).toEqual([4, 3, 2, 1, 0])
    expect(() => embed(onCpu)(trained, exampleRows, { labels: [1] })).toThrow(
      'embed: 1 labels for 5 examples',
    )
  })

  it('shows which units are active', async () => {
    const found = activeUnits({
      shape: [4, 3],
      dtype: 'f32',
      data: Float32Array.of(1, 5, 0, 3, 5, 0.1, 1, 5, 0, 3, 5, 0.1),
    })
    ;[1, 0, 0.0025].forEach((variance, unit) => {
      expect(found.variances[unit]).toBeCloseTo(variance, 8)
    })
    expect(found.active).toEqual([0])
    const mute = trainedLinear({ ...upright, w: [upright.w[0], [0, 0, 0]] })
    expect(activeUnits(await run(encodeMeans(onCpu)(mute, exampleRows))).active).toEqual([0])
  })
})
