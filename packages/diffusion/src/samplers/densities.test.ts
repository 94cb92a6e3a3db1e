import { beforeAll, describe, expect, it } from '@jest/globals'
import { eightGaussians } from '@elbo/datasets'
import { erf, key, tensor, type Shape } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import { levelAt, type Family, type Process } from '../process/level.js'
import { numbers, onCpu } from '../evaluate.testing.js'
import { denoiserOf, type Mixture } from '../sampling/exact.testing.js'
import type { Path } from '../sampling/path.js'
import { sampleWith } from '../sampling/sample.js'
import type { Sampler } from '../sampling/sampler.js'
import { karrasSpacing } from '../spacing/karras.js'
import { linspace } from '../spacing/linspace.js'
import { continuousPath } from '../spacing/spacing.js'
import { ancestral } from './ancestral.js'
import { ddim } from './ddim.js'
import { dpmSolver2mSde } from './dpm-solver-2m-sde.js'
import { heun } from './heun.js'
import { samplers } from './table.js'

/** Prince, Understanding Deep Learning, notebook 18.3. */
const line: Mixture = {
  means: [[1.5], [-0.216], [0.45], [-1.875]],
  deviations: [0.3, 0.15, 0.525, 0.075],
  weights: [0.2, 0.3, 0.35, 0.15],
}

/** The eight Gaussians of `@elbo/datasets`, from which exact draws come. */
const wheel: Mixture = {
  means: Array.from({ length: 8 }, (_, i) => [
    2 * Math.cos((Math.PI * i) / 4),
    2 * Math.sin((Math.PI * i) / 4),
  ]),
  deviations: Array.from({ length: 8 }, () => 0.2),
  weights: Array.from({ length: 8 }, () => 1 / 8),
}

const diffusion = (family: Family): Process => ({ family, logSnr: time => 10 - 20 * time })
const flow: Process = { family: 'rectified-flow', logSnr: time => 2 * Math.log((1 - time) / time) }

const down = (family: Family, steps: number): Path =>
  continuousPath(karrasSpacing(), diffusion(family), { last: 0.01 })(steps)
const straight = (steps: number): Path => continuousPath(linspace, flow, { last: 1 / steps })(steps)

const levels = levelAt('variance-exploding')
/** Every sampler, on a path that suits its order. */
const rows: readonly (readonly [name: string, sampler: Sampler, path: Path])[] = [
  ['ancestral', samplers.ancestral, down('variance-preserving', 200)],
  ['ancestral with large variances', ancestral({ variance: 'large' }), down('sub-variance-preserving', 600)],
  ['ancestral with learned variances', ancestral({ variance: 'learned' }), down('variance-preserving', 400)],
  ['ddim', samplers.ddim, down('variance-preserving', 200)],
  ['ddim with half the noise', ddim({ eta: 0.5 }), down('rectified-flow', 200)],
  ['euler', samplers.euler, down('variance-exploding', 200)],
  ['euler-ancestral', samplers['euler-ancestral'], down('variance-exploding', 200)],
  ['heun', samplers.heun, down('variance-exploding', 50)],
  [
    'heun with churn',
    heun({ churn: { amount: 20, levelAt: logSnr => levels(logSnr, (10 - logSnr) / 20) } }),
    down('variance-exploding', 100),
  ],
  ['dpm-solver-2m', samplers['dpm-solver-2m'], down('variance-preserving', 50)],
  ['dpm-solver-2m-sde', samplers['dpm-solver-2m-sde'], down('variance-preserving', 100)],
  ['dpm-solver-2m-sde with half the noise', dpmSolver2mSde({ eta: 0.5 }), down('variance-exploding', 100)],
  ['unipc', samplers.unipc, down('variance-preserving', 50)],
  ['lms', samplers.lms, down('variance-exploding', 50)],
  ['flow-euler', samplers['flow-euler'], straight(200)],
  ['flow-heun', samplers['flow-heun'], straight(100)],
]

/** The exact denoiser, which says, too, that variances stand in the middle. */
const modelOf = (mixture: Mixture) => {
  const denoise = denoiserOf(mixture)
  return (...[z, level]: Parameters<typeof denoise>) => ({
    ...denoise(z, level),
    varianceShare: plus(times(z, 0), 0.5),
  })
}

const draws = (sampler: Sampler, path: Path, mixture: Mixture, count: number, seed: number) =>
  numbers(
    sampleWith(sampler, path)(modelOf(mixture), [count, mixture.means[0].length] as Shape)(key(seed)),
    onCpu,
  )

/** The share of the mixture below each value. */
const cumulative = async ({ means, deviations, weights }: Mixture, values: readonly number[]) => {
  const x: Real = tensor(values, [values.length])
  const below = means.map(([mean], k) =>
    times(plus(erf(over(minus(x, mean), deviations[k] * Math.SQRT2)), 1), weights[k] / 2),
  )
  return numbers(below.reduce((a, b) => plus(a, b)))
}

/** The largest distance between the distribution of draws and the mixture's. */
const kolmogorovSmirnov = async (mixture: Mixture, values: readonly number[]): Promise<number> => {
  const count = values.length
  const shares = await cumulative(
    mixture,
    [...values].sort((a, b) => a - b),
  )
  return shares.reduce((most, share, i) => Math.max(most, (i + 1) / count - share, share - i / count), 0)
}

describe('on a line', () => {
  const count = 2500
  /** Exceeded by draws from the density itself once in a thousand times (Kolmogorov's distribution). */
  const critical = 1.9495 / Math.sqrt(count)

  it.each(rows)('%s draws from the data’s density', async (_, sampler, path) => {
    const distance = await kolmogorovSmirnov(line, await draws(sampler, path, line, count, 1))
    expect(distance).toBeLessThan(critical)
  })

  it('few steps are found out', async () => {
    const few = await draws(samplers.ddim, down('variance-preserving', 8), line, count, 1)
    expect(await kolmogorovSmirnov(line, few)).toBeGreaterThan(critical)
  })
})

type Points = readonly (readonly [x: number, y: number])[]

const pointsOf = (flat: readonly number[]): Points =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]] as const)

/** The maximum mean discrepancy with the kernel exp(−|a − b|²/2), squared, without bias (Gretton et al. 2012, eq. 3). */
const discrepancy = (a: Points, b: Points): number => {
  let [within, between] = [0, 0]
  const likeness = ([x, y]: Points[number], [u, v]: Points[number]): number =>
    Math.exp(-((x - u) ** 2 + (y - v) ** 2) / 2)
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) within += likeness(a[i], a[j]) + likeness(b[i], b[j])
    for (let j = 0; j < b.length; j++) between += likeness(a[i], b[j])
  }
  return (2 * within) / (a.length * (a.length - 1)) - (2 * between) / (a.length * b.length)
}

/** The mean over 32 directions of the Wasserstein distance of projections (Rabin et al. 2011). */
const slicedWasserstein = (a: Points, b: Points): number => {
  const directions = Array.from({ length: 32 }, (_, i) => (Math.PI * i) / 32)
  return (
    directions.reduce((sum, angle) => {
      const project = (points: Points): Float64Array =>
        Float64Array.from(points, ([x, y]) => x * Math.cos(angle) + y * Math.sin(angle)).sort()
      const [p, q] = [project(a), project(b)]
      return sum + p.reduce((all, value, i) => all + Math.abs(value - q[i]), 0) / a.length
    }, 0) / directions.length
  )
}

describe('on a plane', () => {
  const count = 250
  /** The largest distances of 100 pairs of draws from the density itself: exceeded once in a hundred and one times. */
  let critical: { readonly discrepancy: number; readonly wasserstein: number }
  let truth: Points

  beforeAll(async () => {
    const all = pointsOf(await numbers(eightGaussians.sample(200 * count)(key(7))))
    const sets = Array.from({ length: 200 }, (_, i) => all.slice(i * count, (i + 1) * count))
    truth = sets[0]
    const pairs = Array.from({ length: 100 }, (_, i) => [sets[2 * i], sets[2 * i + 1]] as const)
    critical = {
      discrepancy: Math.max(...pairs.map(([a, b]) => discrepancy(a, b))),
      wasserstein: Math.max(...pairs.map(([a, b]) => slicedWasserstein(a, b))),
    }
  })

  it.each(rows)('%s draws from the data’s density', async (_, sampler, path) => {
    const points = pointsOf(await draws(sampler, path, wheel, count, 2))
    expect(discrepancy(points, truth)).toBeLessThanOrEqual(critical.discrepancy)
    expect(slicedWasserstein(points, truth)).toBeLessThanOrEqual(critical.wasserstein)
  })

  it('a wheel with a part of too much weight is found out', async () => {
    const weights = wheel.weights.map((_, i) => (i === 0 ? 0.3 : 0.1))
    const points = pointsOf(
      await draws(samplers.ddim, down('variance-preserving', 200), { ...wheel, weights }, count, 2),
    )
    expect(discrepancy(points, truth)).toBeGreaterThan(critical.discrepancy)
    expect(slicedWasserstein(points, truth)).toBeGreaterThan(critical.wasserstein)
  })
})

it('has a row for each sampler', () => {
  const seen = new Set(rows.map(([, { name }]) => name))
  expect(Object.values(samplers).filter(({ name }) => !seen.has(name))).toEqual([])
})
