import { readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { key, type Key, type Tensor } from '@elbo/tensor'
import { kl, type AnyDistribution } from '@elbo/distributions'
import { mlp, type Rows } from '@elbo/nn'
import {
  expectClose,
  expectGradient,
  expectMean,
  fixturesOf,
  lifted,
  numbers,
  onCpu,
  rows,
  type Written,
} from '../laws.testing.js'
import { gaussian } from '../posteriors/gaussian.js'
import { flow } from './flow.js'
import { mixture } from './mixture.js'
import type { OverCodes } from './prior.js'
import { standardNormal } from './standardNormal.js'
import { vamp } from './vamp.js'

type Codes = OverCodes<number> & { readonly logProb: (z: Rows<number>) => Tensor<[number]> }
interface AnyPrior {
  readonly init: (k: Key) => readonly [unknown, Key]
  readonly apply: (own: unknown, q: (x: Rows<number>) => unknown) => (batch: number) => Codes
}

const pixels = 4

/** One row for each file, in so many dimensions. */
const table: Readonly<Record<string, (dimensions: number) => unknown>> = {
  standardNormal: dimensions => standardNormal(dimensions),
  mixture: dimensions => mixture(3, dimensions),
  vamp: dimensions => vamp(3, pixels, dimensions),
  flow: dimensions => flow(dimensions, { layers: 2, hidden: [5] }),
}

interface Fixture {
  readonly parameters: Written
  readonly encoder?: Written
  readonly z: number[][]
  readonly logProb: readonly number[]
}

const cases = fixturesOf<Fixture>('priors')

it('every prior is in the table', () => {
  const files = readdirSync(new URL('.', import.meta.url))
    .filter(file => file.endsWith('.ts') && !file.includes('.test'))
    .map(file => file.replace('.ts', ''))
  expect([...Object.keys(table), 'prior'].sort()).toEqual(files.sort())
  expect(Object.keys(cases)).toEqual(Object.keys(table))
})

const encoderOf =
  (dimensions: number, parameters: unknown) =>
  (x: Rows<number>): OverCodes<number> =>
    gaussian(mlp([pixels, dimensions])).apply(parameters as never)(x as Rows<typeof pixels>)

/** The trapezoid rule on a square: at the ends nothing is left to weigh. */
const side = 20
const steps = 400
const width = (2 * side) / steps
const points = Array.from({ length: (steps + 1) ** 2 }, (_, n) => [
  -side + width * Math.floor(n / (steps + 1)),
  -side + width * (n % (steps + 1)),
])

describe.each(Object.entries(table))('%s', (name, build) => {
  const at = (fixture: Fixture) => {
    const dimensions = fixture.z[0].length
    const encoder = fixture.encoder === undefined ? {} : lifted(fixture.encoder)
    return { dimensions, encoder, own: lifted(fixture.parameters), prior: build(dimensions) as AnyPrior }
  }
  const [plane] = cases[name]
  const { prior, own, encoder } = at(plane)
  const ofBatch = prior.apply(own, encoderOf(2, encoder))
  const density = async (d: OverCodes<number>): Promise<readonly number[]> =>
    numbers((d as Codes).logProb(rows(points)))

  it('has the densities of SciPy and PyTorch', async () => {
    for (const fixture of cases[name]) {
      const { dimensions, encoder: parts, own: parameters, prior: p } = at(fixture)
      const d = p.apply(parameters, encoderOf(dimensions, parts))(fixture.z.length)
      expect([d.batchShape, d.eventShape]).toEqual([[fixture.z.length], [dimensions]])
      expectClose(await numbers(d.logProb(rows(fixture.z))), fixture.logProb, 2e-6)
    }
  })

  it('has all of its mass on the plane, and draws what it says', async () => {
    const masses = (await density(ofBatch(points.length))).map(log => Math.exp(log) * width ** 2)
    const moment = (f: (z: readonly number[]) => number): number =>
      points.reduce((sum, z, i) => sum + masses[i] * f(z), 0)
    expect(Math.abs(moment(() => 1) - 1)).toBeLessThan(1e-4)
    const found = await numbers(ofBatch(20000).sample()(key(5)))
    const draws = Array.from({ length: 20000 }, (_, i) => found.slice(2 * i, 2 * i + 2))
    const quantities: readonly ((z: readonly number[]) => number)[] = [
      z => z[0],
      z => z[1],
      z => z[0] ** 2,
      z => z[1] ** 2,
      z => z[0] * z[1],
      z => Math.cos(z[0] - z[1]),
    ]
    for (const f of quantities) {
      const mean = moment(f)
      expectMean(
        draws.map(f),
        mean,
        moment(z => (f(z) - mean) ** 2),
      )
    }
  })

  it('has the gradient of its density', async () => {
    for (const fixture of cases[name]) {
      const { dimensions, encoder: parts, own: parameters, prior: p } = at(fixture)
      await expectGradient({ own: parameters, parts, z: rows(fixture.z) }, tree =>
        p.apply(tree.own, encoderOf(dimensions, tree.parts))(fixture.z.length).logProb(tree.z),
      )
    }
  })

  it('has the divergence from a posterior that its density says', async () => {
    const q = gaussian<unknown, number, 2, unknown>(mlp([1, 2]) as never).apply(
      lifted([{ weight: [[0.5, -0.25, 0.125, -0.5]], bias: [0.25, -0.75, -0.5, 0.25] }]),
    )
    const one = q(rows([[1]]))
    const [ofQ, ofP] = [await density(one), await density(ofBatch(points.length))]
    const expected = ofQ.reduce((sum, log, i) => sum + Math.exp(log) * (log - ofP[i]) * width ** 2, 0)
    const divergence = kl(one as AnyDistribution, ofBatch(1) as AnyDistribution)
    if (divergence.form === 'closed') {
      expect(name).toBe('standardNormal')
      expectClose(await numbers(divergence.value), [expected], 1e-5)
    }
    // By draws of q, whether there is a closed form or not: that is what a bound has.
    const count = 20000
    const many = q(rows(Array.from({ length: count }, () => [1])))
    const z = many.sample()(key(9)) as Rows<number>
    const logs = await onCpu([(many as unknown as Codes).logProb(z), ofBatch(count).logProb(z)] as const)
    const differences = Array.from(logs[0].data, (log, i) => log - logs[1].data[i])
    const spread = differences.reduce((sum, d) => sum + (d - expected) ** 2, 0) / count
    expectMean(differences, expected, spread)
  })

  it('begins with finite densities of its own draws', async () => {
    const fresh = build(3) as AnyPrior
    const [parameters] = fresh.init(key(1))
    const [weights] = gaussian(mlp([pixels, 3])).init(key(2))
    const d = fresh.apply(parameters, encoderOf(3, weights))(40)
    const z = d.sample()(key(3))
    expect(z.shape).toEqual([40, 3])
    const logs = await numbers(d.logProb(z))
    for (const log of logs) expect(Number.isFinite(log)).toBe(true)
    expect(new Set(logs).size).toBe(40)
  })
})

describe('what does not fit', () => {
  it('is said', () => {
    expect(() => mixture(0, 2)).toThrow(
      new RangeError('mixture: components must be a whole number from 1, but is 0'),
    )
    expect(() => vamp(0, 4, 2)).toThrow(
      new RangeError('vamp: inputs must be a whole number from 1, but is 0'),
    )
    expect(() => flow(2, { layers: 0, hidden: [] })).toThrow(
      new RangeError('flow: layers must be a whole number from 1, but is 0'),
    )
    const three = vamp(2, pixels, 3) as unknown as AnyPrior
    const [weights] = gaussian(mlp([pixels, 2])).init(key(2))
    expect(() => three.apply(three.init(key(1))[0], encoderOf(2, weights))).toThrow(
      "vamp: the encoder's codes have 2 dimensions, the prior 3",
    )
  })
})
