import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { checkerboard, eightGaussians } from '@elbo/datasets'
import { Normal, toEvent } from '@elbo/distributions'
import { abs, key, max, mean, square, sum, sqrt, sampleVariance, type Tensor } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import { data, numbers } from '../evaluate.testing.js'
import {
  checkerboardBoxes,
  closedBound,
  discretise,
  entropyEstimate,
  exactBoxes,
  exactMixture,
  fromBetas,
  levelAt,
  linear,
  mixtureEntropy,
  noisySample,
  princeMixture,
  priorDivergence,
  ProcessError,
  ringMixture,
  scoreOf,
  tensorsOf,
  type DiscreteProcess,
  type Estimate,
  type ExactData,
  type Level,
  type Rows,
} from '../index.js'

interface Case {
  readonly z: number
  readonly alpha: number
  readonly sigma: number
  readonly logDensity: number
  readonly mean: number
}

const fixtures = JSON.parse(readFileSync(new URL('../../fixtures/exact.json', import.meta.url), 'utf8')) as {
  readonly prince: readonly Case[]
  readonly stripes: readonly Case[]
  readonly princeEntropy: number
}

const rows = (values: readonly number[], dimension: number): Rows =>
  data(values, [values.length / dimension, dimension])

/** The level with these α and σ, of no family in particular. */
const levelWith = ({ alpha, sigma }: Pick<Level, 'alpha' | 'sigma'>): Level => ({
  time: 0.5,
  alpha,
  sigma,
  logSnr: 2 * Math.log(alpha / sigma),
})

const prince = exactMixture(princeMixture)
const stripes = exactBoxes({ low: [[-2], [0]], high: [[-1], [1]] })

describe.each([
  ['a mixture', prince, fixtures.prince],
  ['boxes', stripes, fixtures.stripes],
] as const)('%s under noise', (_, exact, cases) => {
  it('has the density and the posterior mean that quadrature finds', async () => {
    for (const { z, alpha, sigma, logDensity, mean: expected } of cases) {
      const level = tensorsOf(levelWith({ alpha, sigma }))
      const { x, epsilon } = exact.denoiser(rows([z], 1), level)
      expect(Math.abs((await numbers(exact.logDensity(rows([z], 1), level)))[0] - logDensity)).toBeLessThan(
        2e-5 * Math.max(1, Math.abs(logDensity)),
      )
      expect(Math.abs((await numbers(x))[0] - expected)).toBeLessThan(2e-5)
      expect(Math.abs(alpha * (await numbers(x))[0] + sigma * (await numbers(epsilon))[0] - z)).toBeLessThan(
        2e-6 * Math.max(1, Math.abs(z)),
      )
    }
  })

  it('takes a level for each row', async () => {
    const [first, second] = [cases[0], cases[3]]
    const of = (a: number, b: number): Real => data([a, b], [2, 1])
    const level = {
      time: of(0.5, 0.5),
      alpha: of(first.alpha, second.alpha),
      sigma: of(first.sigma, second.sigma),
      logSnr: of(0, 0),
    }
    const z = rows([first.z, second.z], 1)
    const found = await numbers(exact.denoiser(z, level).x)
    expect(found[0]).toBeCloseTo(first.mean, 4)
    expect(found[1]).toBeCloseTo(second.mean, 4)
    const logs = await numbers(exact.logDensity(z, level))
    expect(logs[0]).toBeCloseTo(first.logDensity, 4)
    expect(logs[1]).toBeCloseTo(second.logDensity, 4)
  })

  it('has a score that is the slope of its density', async () => {
    const level = tensorsOf(levelWith({ alpha: 0.8, sigma: 0.6 }))
    const h = 0.01
    const points = [-1.5, -0.3, 0.2, 1.1]
    const at = (shift: number) =>
      numbers(
        exact.logDensity(
          rows(
            points.map(z => z + shift),
            1,
          ),
          level,
        ),
      )
    const [up, down] = [await at(h), await at(-h)]
    const score = await numbers(scoreOf(exact)(rows(points, 1), level))
    points.forEach((_point, i) => {
      expect(Math.abs((up[i] - down[i]) / (2 * h) - score[i])).toBeLessThan(1e-3)
    })
  })
})

describe('entropies', () => {
  const clean: Level = { time: 0, alpha: 1, sigma: 0, logSnr: Infinity }
  it('of Prince’s mixture: 1.0007 nats, by quadrature', () => {
    expect(mixtureEntropy(princeMixture, clean)).toBeCloseTo(fixtures.princeEntropy, 9)
    expect(fixtures.princeEntropy).toBeCloseTo(1.0007, 4)
    // Of nothing but noise, that of the normal distribution.
    const noise = levelAt('variance-preserving')(-Infinity, 1)
    expect(mixtureEntropy(princeMixture, noise)).toBeCloseTo(0.5 * Math.log(2 * Math.PI * Math.E), 9)
  })

  const rings = [
    { radius: 4 / 1.414, deviation: 0.5 / 1.414, entropy: 2.8319 },
    { radius: 2, deviation: 0.2, entropy: eightGaussians.entropy },
  ]
  it.each(rings)('of eight Gaussians: $entropy nats', async ({ entropy, ...ring }) => {
    const exact = exactMixture(ringMixture(ring))
    const { mean: found, error } = entropyEstimate(exact, 40_000)(tensorsOf(clean))(key(1))
    const [[value], [deviation]] = [await numbers(found), await numbers(error)]
    expect(deviation).toBeLessThan(0.006)
    expect(Math.abs(value - entropy)).toBeLessThan(4 * deviation)
  })

  it('of the checkerboard, with hardly any noise: ln 8', async () => {
    const exact = exactBoxes(checkerboardBoxes)
    const little = levelAt('variance-exploding')(2 * Math.log(1000), 0)
    const { mean: found, error } = entropyEstimate(exact, 4000)(tensorsOf(little))(key(1))
    const [[value], [deviation]] = [await numbers(found), await numbers(error)]
    // Noise of .001 blurs about 8 · 4 · .001 of the area.
    expect(Math.abs(value - Math.log(8))).toBeLessThan(4 * deviation + 0.01)
  })

  it('the densities are those of @elbo/datasets', async () => {
    const points = checkerboard.sample(50)(key(3))
    const nearly = tensorsOf(levelAt('variance-exploding')(2 * Math.log(1e5), 0))
    const boards = await numbers(exactBoxes(checkerboardBoxes).logDensity(points, nearly))
    for (const value of boards) expect(Math.abs(value + Math.log(8))).toBeLessThan(1e-2)
    const ring = exactMixture(ringMixture({ radius: 2, deviation: 0.2 }))
    const [found, expected] = [
      await numbers(ring.logDensity(eightGaussians.sample(50)(key(2)), tensorsOf(clean))),
      await numbers(eightGaussians.logDensity(eightGaussians.sample(50)(key(2)))),
    ]
    found.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(1e-4)
    })
  })
})

describe('draws', () => {
  it.each([
    ['a mixture', prince, 0.0764, 1.0067],
    ['boxes', stripes, -0.5, Math.sqrt(1 + 1 / 12)],
  ] as const)('of %s have its mean and its deviation', async (name, exact, m, s) => {
    const { weights, means, deviations } = princeMixture
    const first = weights.reduce((all, w, k) => all + w * means[k][0], 0)
    const second = weights.reduce((all, w, k) => all + w * (means[k][0] ** 2 + deviations[k][0] ** 2), 0)
    const [centre, spread] = name === 'boxes' ? [m, s] : [first, Math.sqrt(second - first ** 2)]
    const count = 20_000
    const x = await numbers(exact.sample(count)(key(5)))
    const found = x.reduce((a, b) => a + b, 0) / count
    expect(Math.abs(found - centre)).toBeLessThan((4 * spread) / Math.sqrt(count))
    const variance = x.reduce((a, b) => a + (b - found) ** 2, 0) / count
    expect(Math.abs(variance / spread ** 2 - 1)).toBeLessThan(0.05)
  })
})

/** −ELBO of the best denoiser in the mean over data, in nats, and its standard error. */
const boundOf = async (
  exact: ExactData,
  process: DiscreteProcess,
  count: number,
  wrong = 0,
): Promise<{ readonly nats: number; readonly error: number; readonly top: number }> => {
  const x = exact.sample(count)(key(7))
  const scale = process.levels[1].sigma
  const bound = closedBound<readonly [number, number], ReturnType<typeof likelihoodOf>>(
    {
      process,
      denoiser: (z, level) => {
        const { x: best, epsilon } = exact.denoiser(z, level)
        return { x: plus(best, wrong) as unknown as Rows, epsilon }
      },
      // The right one where data spread further than the noise, as they do at the levels that matter here.
      variances: 'transition',
    },
    1,
    estimate => likelihoodOf(estimate, scale),
  )(x)(key(8))
  const nats: Tensor<number[]> = bound.elbo
  return {
    nats: -(await numbers(mean()(nats)))[0],
    error: (await numbers(sqrt(over(sampleVariance()(nats) as Real, count))))[0],
    top: (await numbers(mean()(bound.top)))[0],
  }
}
const likelihoodOf = ({ x: loc }: Estimate<readonly [number, number]>, scale: number) =>
  pipe(Normal({ loc, scale }), toEvent(1))

describe('the bound of the best denoiser', () => {
  it('comes down to the entropy as levels grow in number', async () => {
    const entropy = fixtures.princeEntropy
    const gaps: number[] = []
    for (const length of [4, 16, 64, 512]) {
      const { nats, error } = await boundOf(prince, discretise(length)(linear()), 3000)
      expect(nats).toBeGreaterThan(entropy - 4 * error)
      gaps.push(nats - entropy)
    }
    gaps.slice(1).forEach((gap, i) => {
      expect(gap).toBeLessThan(gaps[i])
    })
    expect(gaps[3]).toBeLessThan(0.1)
  })

  it('holds the .143 nats between q(z_T | x) and the prior that Prince’s process leaves', async () => {
    const process = fromBetas(Array.from({ length: 100 }, () => 0.01511))
    const x = prince.sample(40_000)(key(3))
    const found = (await numbers(mean()(priorDivergence(process, 1)(x))))[0]
    expect(Math.abs(found - 0.143)).toBeLessThan(0.004)
    const { nats, top, error } = await boundOf(prince, process, 2000)
    expect(top).toBeGreaterThan(0.13)
    // Without that term what is left would be below the entropy: no bound.
    expect(nats).toBeGreaterThan(fixtures.princeEntropy - 4 * error)
  })

  it('is missed by any other', async () => {
    const process = discretise(32)(linear())
    const best = await boundOf(prince, process, 2000)
    const other = await boundOf(prince, process, 2000, 0.1)
    expect(other.nats).toBeGreaterThan(best.nats + 4 * best.error)
  })
})

describe('the best denoiser', () => {
  it.each<readonly [string, ExactData]>([
    ['a ring', exactMixture(ringMixture({ radius: 2, deviation: 0.2 }))],
    ['the checkerboard', exactBoxes(checkerboardBoxes)],
  ])('has the least error, by so much as others are away from it: %s', async (_, exact) => {
    const level = levelAt('variance-preserving')(1, 0.5)
    const noise = tensorsOf(level)
    const count = 4000
    const x = exact.sample(count)(key(2))
    const z = noisySample({ ...exact, sample: () => () => x }, count)(noise)(key(4))
    const best = exact.denoiser(z, noise).x as Real
    // E‖x − x̂‖² = E‖x − E[x|z]‖² + E‖x̂ − E[x|z]‖²: what remains is orthogonal to any function of z.
    for (const other of [times(z, 0.5), plus(best, 0.2), times(best, 0)]) {
      const cross = (sum(1) as (x: Real) => Real)(times(minus(x, best), minus(best, other)))
      const [value] = await numbers(mean()(cross as never))
      const [error] = await numbers(sqrt(over(sampleVariance()(cross as never) as Real, count)))
      expect(Math.abs(value)).toBeLessThan(4 * error)
      const [excess] = await numbers(mean()(square(minus(best, other)) as never))
      expect(excess).toBeGreaterThan(0.01)
    }
    const same = exact.denoiser(z, noise).x as Real
    expect(await numbers(max()(abs(minus(best, same)) as never))).toEqual([0])
  })
})

describe('what is no data', () => {
  it.each<readonly [() => unknown, string]>([
    [
      () => exactMixture({ weights: [0.5, 0.4], means: [[0], [1]], deviations: [[1], [1]] }),
      'mixture: weights of sum 0.9: they are positive, and their sum is 1',
    ],
    [
      () => exactMixture({ weights: [1], means: [[0, 1]], deviations: [[1]] }),
      'mixture: a weight, a mean and deviations for each component, in one dimension',
    ],
    [
      () => exactMixture({ weights: [1], means: [[0]], deviations: [[0]] }),
      'mixture: a deviation is positive',
    ],
    [
      () => mixtureEntropy(ringMixture({ radius: 1, deviation: 1 }), levelAt('rectified-flow')(0, 0)),
      'mixtureEntropy: a mixture on the line; see entropyEstimate',
    ],
    [
      () => exactBoxes({ low: [[1]], high: [[1]] }),
      'boxes: a lower and a higher end for each side of each box, in one dimension',
    ],
  ])('%#', (make, sentence) => {
    expect(make).toThrow(new ProcessError(sentence))
  })
})
