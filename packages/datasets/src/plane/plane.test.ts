import { readFileSync } from 'node:fs'
import { describe, expect, it, jest } from '@jest/globals'
import { evaluate, grad, key, sum, tensor, type NDArray } from '@elbo/tensor'
import { rings, spirals, swissRoll, twoMoons } from './bands.js'
import { checkerboard } from './checkerboard.js'
import type { PlaneDensity, Points } from './density.js'
import { ffjord } from './ffjord.js'
import { eightGaussians, eightWideGaussians, pinwheel } from './wheels.js'

jest.setTimeout(120_000)

interface Fixture {
  readonly entropy: number
  readonly error: number
  readonly points: readonly number[]
  readonly logDensity: readonly number[]
}
const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/plane.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Fixture>>

const densities: Readonly<Record<string, PlaneDensity>> = {
  checkerboard,
  eightGaussians,
  eightWideGaussians,
  pinwheel,
  rings,
  spirals,
  swissRoll,
  twoMoons,
}
const byQuadrature = Object.keys(densities).filter(name => name !== 'checkerboard')

const at = (points: readonly number[] | Float32Array): Points => tensor([...points], [points.length / 2, 2])

const logDensityAt = async ({ logDensity }: PlaneDensity, points: Float32Array): Promise<Float32Array> => {
  const { data } = await evaluate(logDensity(at(points)))
  return data
}

const drawn = async ({ sample }: PlaneDensity, count: number, seed: number): Promise<NDArray> =>
  evaluate(sample(count)(key(seed)))

/** The square [−extent, extent]² in cells, each sampled in the middle. */
const extent = 4
const cellsAcross = 480
const cell = (2 * extent) / cellsAcross

/** The mass of each cell, by the density in its middle. */
const massesOf = async (density: PlaneDensity): Promise<Float64Array> => {
  const masses = new Float64Array(cellsAcross ** 2)
  const rows = 240
  for (let first = 0; first < cellsAcross; first += rows) {
    const points = Float32Array.from({ length: 2 * rows * cellsAcross }, (_, i) => {
      const place = i >> 1
      const along = i % 2 === 0 ? place % cellsAcross : first + Math.floor(place / cellsAcross)
      return -extent + (along + 0.5) * cell
    })
    const logs = await logDensityAt(density, points)
    masses.set(
      Float64Array.from(logs, log => Math.exp(log) * cell ** 2),
      first * cellsAcross,
    )
  }
  return masses
}

describe.each(Object.entries(densities))('%s', (_, density) => {
  it('has a mass of 1, lies where it says, and each region gets its share of the points', async () => {
    const masses = await massesOf(density)
    const total = masses.reduce((all, mass) => all + mass, 0)
    expect(Math.abs(total - 1)).toBeLessThan(1e-3)

    const [count, across] = [2 ** 17, 32]
    const { data } = await drawn(density, count, 3)
    const region = (x: number, y: number): number =>
      Math.floor(((x + extent) / (2 * extent)) * across) +
      across * Math.floor(((y + extent) / (2 * extent)) * across)
    const found = new Float64Array(across ** 2)
    let outside = 0
    for (let i = 0; i < count; i++) {
      const [x, y] = [data[2 * i], data[2 * i + 1]]
      if (Math.max(Math.abs(x), Math.abs(y)) < extent) found[region(x, y)] += 1
      else outside += 1
    }
    const expected = new Float64Array(across ** 2)
    for (const [place, mass] of masses.entries()) {
      const row = Math.floor(place / cellsAcross)
      const x = -extent + ((place % cellsAcross) + 0.5) * cell
      expected[region(x, -extent + (row + 0.5) * cell)] += count * mass
    }
    // Of pinwheels, whose arms are the longest, one point in 30,000 lies outside.
    expect(outside).toBeLessThan(20)
    const full = [...expected.keys()].filter(place => expected[place] >= 20)
    const statistic = full.reduce((all, k) => all + (found[k] - expected[k]) ** 2 / expected[k], 0)
    // Pearson's statistic has mean `full.length` and variance twice that; six deviations, and what the cells blur.
    expect(full.length).toBeGreaterThan(20)
    expect(statistic).toBeLessThan(1.1 * full.length + 6 * Math.sqrt(2 * full.length))
  })

  it('has the entropy that its points have on average', async () => {
    const count = 2 ** 18
    const { data } = await drawn(density, count, 1)
    const surprises = Float64Array.from(await logDensityAt(density, data as Float32Array), log => -log)
    const mean = surprises.reduce((all, x) => all + x, 0) / count
    const variance = surprises.reduce((all, x) => all + (x - mean) ** 2, 0) / (count - 1)
    expect(Math.abs(mean - density.entropy)).toBeLessThan(5 * Math.sqrt(variance / count) + 1e-6)
  })

  it('gives the same points for the same key', async () => {
    const [one, again, other] = [
      await drawn(density, 9, 1),
      await drawn(density, 9, 1),
      await drawn(density, 9, 2),
    ]
    expect(again).toEqual(one)
    expect(other).not.toEqual(one)
    expect(one.shape).toEqual([9, 2])
  })
})

describe.each(byQuadrature)('%s', name => {
  const { entropy, entropyError } = densities[name]

  it('has the entropy that quadrature gives, as exactly as it says', () => {
    expect(fixture[name].error).toBeLessThan(entropyError)
    expect(Math.abs(entropy - fixture[name].entropy)).toBeLessThan(entropyError)
  })

  it('has the density that its definition gives in double precision', async () => {
    const { points, logDensity } = fixture[name]
    const found = await logDensityAt(densities[name], Float32Array.from(points))
    for (const [i, log] of logDensity.entries()) expect(Math.abs(found[i] - log)).toBeLessThan(2e-4)
  })

  it('has a gradient that is finite where the density is', async () => {
    const slope = grad((points: Points) => sum()(densities[name].logDensity(points)))
    const { data } = await evaluate(slope(at(fixture[name].points)))
    expect([...data].every(Number.isFinite)).toBe(true)
  })
})

describe('checkerboard', () => {
  it('is ln 1/8 on the dark fields, and nothing anywhere else', async () => {
    const found = await logDensityAt(
      checkerboard,
      Float32Array.of(-1.5, -1.5, -1.5, -0.5, 0.5, 0.5, 0, 0, 1.5, 0.5, 2, 0, 1.9, -2.1, -2, -2),
    )
    const inside = Math.fround(-Math.log(8))
    expect([...found]).toEqual([inside, -Infinity, inside, inside, -Infinity, -Infinity, -Infinity, inside])
  })
})

describe('densities in the sizes of FFJORD', () => {
  it.each([
    ['eightGaussians', 2.8319],
    ['checkerboard', Math.log(32)],
  ] as const)('%s has its entropy', (name, entropy) => {
    expect(ffjord[name].entropy).toBeCloseTo(entropy, 4)
  })

  it('are others, scaled: their points and their densities', async () => {
    const factor = 2 / 1.414
    const [near, far] = [await drawn(eightWideGaussians, 50, 4), await drawn(ffjord.eightGaussians, 50, 4)]
    far.data.forEach((value, i) => expect(value).toBeCloseTo(factor * near.data[i], 5))
    const [dense, thin] = [
      await logDensityAt(eightWideGaussians, near.data as Float32Array),
      await logDensityAt(ffjord.eightGaussians, far.data as Float32Array),
    ]
    thin.forEach((log, i) => expect(log).toBeCloseTo(dense[i] - 2 * Math.log(factor), 3))
  })
})
