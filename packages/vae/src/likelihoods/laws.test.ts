import { readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { key, mul, uniform, type Tensor } from '@elbo/tensor'
import { mlp, type Layer, type Rows } from '@elbo/nn'
import {
  expectClose,
  expectGradient,
  expectMean,
  fixturesOf,
  inDoubles,
  lifted,
  numbers,
  rows,
  type Written,
} from '../laws.testing.js'
import { bernoulli, binarised } from './bernoulli.js'
import { categorical } from './categorical.js'
import { continuousBernoulli } from './continuousBernoulli.js'
import { discretisedLogistic, logisticLevels } from './discretisedLogistic.js'
import { intensities } from './intensities.js'
import { inLevels } from './levels.js'
import type { OverPixels, PixelView } from './likelihood.js'
import { normal, normalOfLearnedScale, normalOfPixelScales } from './normal.js'

/** A distribution over pixels with all that the laws ask. */
type Pixels = OverPixels<number> & {
  readonly logProb: (x: Rows<number>) => Tensor<[number]>
  readonly sample: () => (k: ReturnType<typeof key>) => Rows<number>
}
type Head = Layer<unknown, Rows<number>, Pixels>

interface Row {
  readonly file: string
  readonly build: (widths: readonly [number, number]) => unknown
  readonly view: PixelView
  /** What a pixel can be: so many levels of [0, 1], or all that is between two numbers. */
  readonly values: number | readonly [number, number]
  /** How far a picture may be from the mean. */
  readonly slack?: number
}

const table: Readonly<Record<string, Row>> = {
  bernoulli: { file: 'bernoulli', build: widths => bernoulli(mlp(widths)), view: binarised, values: 2 },
  continuousBernoulli: {
    file: 'continuousBernoulli',
    build: widths => continuousBernoulli(mlp(widths)),
    view: intensities,
    values: [0, 1],
  },
  'normal, fixed': {
    file: 'normal',
    build: widths => normal(0.25)(mlp(widths)),
    view: intensities,
    values: [-4, 5],
  },
  'normal, learned': {
    file: 'normal',
    build: widths => normalOfLearnedScale()(mlp(widths)),
    view: intensities,
    values: [-4, 5],
  },
  'normal, per pixel': {
    file: 'normal',
    build: widths => normalOfPixelScales()(mlp(widths)),
    view: intensities,
    values: [-4, 5],
  },
  discretisedLogistic: {
    file: 'discretisedLogistic',
    build: widths => discretisedLogistic(mlp(widths)),
    view: logisticLevels,
    values: 256,
    slack: 0.5 / 255,
  },
  categorical: {
    file: 'categorical',
    build: widths => categorical(5)(mlp(widths)),
    view: inLevels(5),
    values: 5,
  },
}

/** Files of this folder that are no likelihoods, and what they are. */
const others = {
  likelihood: 'what a likelihood is',
  intensities: 'pixels as they are',
  levels: 'pixels as the nearest of some levels',
  scale: 'a scale from any number',
}

interface Fixture {
  readonly widths: readonly [number, number]
  readonly parameters: Written
  readonly z: number[][]
  readonly x: number[][]
  readonly logProb: readonly number[]
  readonly mean: number[][]
}

const cases = fixturesOf<Fixture>('likelihoods')

/** The values that one pixel may have, and the weights of Simpson's rule, or 1 each. */
const quadrature = (values: Row['values']) => {
  const [low, high] = typeof values === 'number' ? [0, 1] : values
  const steps = typeof values === 'number' ? values - 1 : 4000
  return Array.from({ length: steps + 1 }, (_, i) => ({
    x: low + ((high - low) * i) / steps,
    weight:
      typeof values === 'number'
        ? 1
        : (((high - low) / steps) * (i === 0 || i === steps ? 1 : i % 2 === 0 ? 2 : 4)) / 3,
  }))
}

it('every likelihood is in the table', () => {
  const files = readdirSync(new URL('.', import.meta.url))
    .filter(file => file.endsWith('.ts') && !file.includes('.test'))
    .map(file => file.replace('.ts', ''))
  const held = [...new Set(Object.values(table).map(({ file }) => file)), ...Object.keys(others)]
  expect(held.sort()).toEqual(files.sort())
  expect(Object.keys(cases).sort()).toEqual(Object.keys(table).sort())
})

describe.each(Object.entries(table))('%s', (name, { build, view, values, slack = 0 }) => {
  const of = ({ widths, parameters, z }: Fixture, on = (x: unknown): unknown => x): Pixels =>
    (build(widths) as Head).apply(on(lifted(parameters)))(rows(z))
  const one = cases[name].find(({ x }) => x.length === 1) as Fixture
  const grid = quadrature(values)
  const density = async (d: Pixels, on = inDoubles): Promise<readonly number[]> => {
    // A row of one pixel beside every value of it.
    const logs = await numbers(d.logProb(rows(grid.map(({ x }) => [x]))), on)
    return logs.map((log, i) => Math.exp(log) * grid[i].weight)
  }

  it('has the densities and the means of SciPy', async () => {
    for (const fixture of cases[name]) {
      const d = of(fixture)
      expect([d.batchShape, d.eventShape]).toEqual([[fixture.x.length], [fixture.x[0].length]])
      expectClose(await numbers(d.logProb(rows(fixture.x))), fixture.logProb, 4e-6)
      expectClose(await numbers(d.mean()), fixture.mean.flat(), 4e-6)
    }
  })

  it('has all of its mass on what a pixel can be', async () => {
    const total = (await density(of(one))).reduce((a, b) => a + b, 0)
    expect(Math.abs(total - 1)).toBeLessThan(1e-7)
  })

  it('draws what it says', async () => {
    const weights = await density(of(one))
    const moment = (f: (x: number) => number): number =>
      grid.reduce((sum, { x }, i) => sum + weights[i] * f(x), 0)
    // One distribution for each of many equal examples.
    const many = { ...one, z: Array.from({ length: 20000 }, () => one.z[0]) }
    const draws = await numbers(of(many).sample()(key(5)))
    expect(draws).toHaveLength(20000)
    for (const f of [(x: number) => x, (x: number) => x ** 2, Math.cos]) {
      const mean = moment(f)
      expectMean(
        draws.map(f),
        mean,
        moment(x => (f(x) - mean) ** 2),
      )
    }
  })

  it('has the gradient of its density', async () => {
    const [several] = cases[name]
    const layer = build(several.widths) as Head
    await expectGradient(
      { parameters: lifted(several.parameters), z: rows(several.z) },
      ({ parameters, z }) => layer.apply(parameters)(z).logProb(rows(several.x)),
    )
  })

  it('observes what it has a density for, and shows its mean', async () => {
    const [several] = cases[name]
    const seen = view.observe(uniform([several.x.length, several.x[0].length])(key(1)), key(2))
    for (const log of await numbers(of(several).logProb(seen))) expect(log).toBeGreaterThan(-Infinity)
    for (const fixture of cases[name]) {
      const picture = await numbers(view.picture(of(fixture)))
      const clipped = fixture.mean.flat().map(mean => Math.min(Math.max(mean, 0), 1))
      picture.forEach((intensity, i) =>
        expect(Math.abs(intensity - clipped[i])).toBeLessThanOrEqual(slack + 1e-6),
      )
    }
  })

  it('begins near what it is told, with a density for everything observed', async () => {
    const widths = [3, 4] as const
    const layer = build(widths) as Head
    const [parameters] = layer.init(key(3))
    const z = mul(2)(uniform([50, 3])(key(4))) as Rows<number>
    const seen = view.observe(uniform([50, 4])(key(6)), key(7))
    const logs = await numbers(layer.apply(parameters)(z).logProb(seen))
    for (const log of logs) expect(Number.isFinite(log)).toBe(true)
  })
})
