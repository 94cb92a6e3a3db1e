import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { exp, foldIn, key, normal, scalar, sub, zeros, type Key, type Tensor } from '@elbo/tensor'
import { Gamma, MultivariateNormal, Normal, toEvent } from '@elbo/distributions'
import { elbo } from '../bound/elbo.js'
import { expectMeans, overKeys, statistics } from '../estimates.testing.js'
import { condition } from '../interpret.js'
import {
  expectClose,
  fixture,
  matrix,
  numbers,
  onCpu,
  ppca,
  ppcaData,
  ppcaGuide,
  ppcaModel,
  ppcaParameters,
  ppcaPosterior,
} from '../models.testing.js'
import { Do, site } from '../program.js'
import { ProgramError } from '../sentence.js'
import { aggregateTerms } from './aggregate.js'
import { annealed, reverseAnnealed } from './annealed.js'
import { gaps, refine } from './refine.js'
import { rateDistortion } from './rate-distortion.js'
import { sandwich } from './sandwich.js'

const observed = pipe(ppcaModel(ppcaParameters), condition({ x: ppcaData }))
const evidence = matrix(ppca.logMarginal, [4])

describe('aggregateTerms', () => {
  const about = fixture<{
    readonly loc: readonly number[]
    readonly scale: readonly number[]
    readonly information: number
    readonly divergence: number
  }>('aggregate')
  const q = Normal({ loc: matrix(about.loc, [5]), scale: matrix(about.scale, [5]) })
  const prior = Normal({ loc: zeros([5]), scale: 1 })
  const flat = ({ rate, mutualInformation, aggregate }: ReturnType<ReturnType<typeof aggregateTerms>>) => [
    rate,
    mutualInformation.lower,
    aggregate.upper,
  ]

  it('of a whole population are what quadrature says', async () => {
    const rows = await overKeys(200, k => flat(aggregateTerms(q, prior, { draws: 20 })(k)))
    expectMeans(rows, [about.information + about.divergence, about.information, about.divergence])
  })

  it('of examples from a larger one have the true value between them', async () => {
    // x ~ Norm[0, 1] and q(z | x) = Norm[x, s²]: I = ½ ln(1 + 1/s²), and q(z) = Norm[0, 1 + s²].
    const s = 0.5
    const rows = await overKeys(1000, k => {
      const guide = Normal({ loc: normal([8])(k), scale: s })
      const standard = Normal({ loc: zeros([8]), scale: 1 })
      const { mutualInformation, aggregate } = aggregateTerms(guide, standard)(foldIn(1)(k))
      return [mutualInformation.lower, mutualInformation.upper, aggregate.lower, aggregate.upper]
    })
    const [lower, upper, least, most] = statistics(rows)
    const information = 0.5 * Math.log(1 + 1 / (s * s))
    const divergence = 0.5 * (s * s - Math.log(1 + s * s))
    for (const [under, value, over] of [
      [lower, information, upper],
      [least, divergence, most],
    ] as const) {
      expect(under.average).toBeLessThan(value + 4 * under.error)
      expect(over.average).toBeGreaterThan(value - 4 * over.error)
      expect(over.average - under.average).toBeLessThan(1)
    }
  })

  it('needs two examples', () => {
    const one = Normal({ loc: [0], scale: 1 })
    expect(() => aggregateTerms(one, one)(key(1))).toThrow(
      new ProgramError('aggregateTerms: the batch is [1]: one axis of two examples at least'),
    )
  })
})

it('rateDistortion: the bound as a code', async () => {
  const bound = pipe(observed, elbo(ppcaGuide(ppcaParameters)))(key(1))
  const { rate, distortion } = await onCpu(rateDistortion(bound))
  const average = (await numbers(bound.elbo)).reduce((a, b) => a + b, 0) / 4
  expect(rate.data[0] + distortion.data[0]).toBeCloseTo(-average, 4)
  expect(rate.data[0]).toBeCloseTo(ppca.kl.reduce((a, b) => a + b, 0) / 4, 5)
})

describe('refine', () => {
  interface Rows {
    readonly loc: Tensor<[4, 2]>
    readonly logScale: Tensor<[4, 2]>
  }
  const bound =
    (draws: number) =>
    (rows: Rows, k: Key): Tensor<[4]> =>
      pipe(observed, elbo(ppcaGuide(rows), { draws }))(k).elbo
  const encoded: Rows = { loc: ppcaParameters.loc, logScale: ppcaParameters.logScale }
  const best = refine(bound(16), { steps: 2000 })(encoded)(key(1))

  it('finds the best of the family, by example', async () => {
    const { loc, logScale } = await onCpu(best)
    expectClose(Array.from(loc.data), ppca.posteriorMean.flat(), 0.03)
    logScale.data.forEach((value, i) =>
      expect(Math.abs(value - Math.log(ppca.bestScale[i % 2]))).toBeLessThan(0.03),
    )
  })

  it('parts what a bound lacks into an approximation and an amortisation gap, each as its closed form says', async () => {
    const rows = await overKeys(500, k => {
      const { approximation, amortisation, total } = gaps(evidence, bound(40)(best, k), bound(40)(encoded, k))
      return [approximation, amortisation, total]
    })
    const expected = [
      ...ppca.guideGap.map(() => ppca.meanFieldGap),
      ...ppca.guideGap.map(total => total - ppca.meanFieldGap),
      ...ppca.guideGap,
    ]
    statistics(rows).forEach(({ average, error }, i) => {
      // Refining by noisy gradients leaves some 1e-3 nats.
      expect(Math.abs(average - expected[i])).toBeLessThan(4 * error + 2e-3)
      expect(error).toBeLessThan(0.03)
    })
  })

  it('leaves nothing to gain where the family has the posterior', async () => {
    const exact = pipe(observed, elbo(ppcaPosterior))(key(1)).elbo
    expectClose(await numbers(gaps(evidence, exact, exact).approximation), [0, 0, 0, 0], 1e-4)
  })

  it('takes steps', () => {
    expect(() => refine(bound(1), { steps: 0 })).toThrow(
      new RangeError('refine: 0 steps: the number is a positive integer'),
    )
  })
})

describe('annealing', () => {
  const guide = ppcaGuide(ppcaParameters)

  it('up: has weights whose mean is P(x), and a bound below', async () => {
    const up = annealed(guide, { levels: 10 })
    const rows = await overKeys(600, k => {
      const { bound, acceptance } = pipe(observed, up)(k)
      return [exp(sub(evidence)(bound)), bound, acceptance]
    })
    expectMeans(
      rows.map(row => row.slice(0, 4)),
      [1, 1, 1, 1],
    )
    const [bounds, accepted] = [
      statistics(rows.map(row => row.slice(4, 8))),
      statistics(rows.map(row => row.slice(8))),
    ]
    bounds.forEach(({ average, error }, i) => {
      expect(average).toBeLessThan(ppca.logMarginal[i] + 4 * error)
      expect(ppca.logMarginal[i] - average).toBeLessThan(ppca.guideGap[i] / 2)
    })
    for (const { average } of accepted) expect(average).toBeGreaterThan(0.8)
  })

  it('down from the posterior: has weights whose mean is 1/P(x), and a bound above', async () => {
    const down = reverseAnnealed(guide, { levels: 10 })
    const posterior = MultivariateNormal({
      loc: matrix(ppca.posteriorMean, [4, 2]),
      scaleTril: matrix(ppca.posteriorTril, [2, 2]),
    })
    const rows = await overKeys(600, k => {
      const { bound } = down(observed, { z: posterior.sample()(k) })(k)
      return [exp(sub(bound)(evidence)), bound]
    })
    expectMeans(
      rows.map(row => row.slice(0, 4)),
      [1, 1, 1, 1],
    )
    statistics(rows.map(row => row.slice(4))).forEach(({ average, error }, i) => {
      expect(average).toBeGreaterThan(ppca.logMarginal[i] - 4 * error)
      expect(average - ppca.logMarginal[i]).toBeLessThan(ppca.guideGap[i])
    })
  })

  it('holds the evidence of data that the model drew from both sides', async () => {
    const { w, sigma, b } = ppca
    const covariance = w.map((row, i) =>
      w.map((other, j) => row[0] * other[0] + row[1] * other[1] + (i === j ? sigma * sigma : 0)),
    )
    const marginal = MultivariateNormal({ loc: matrix(b, [3]), covariance: matrix(covariance, [3, 3]) })
    const standard = pipe(Do, site('z', pipe(Normal({ loc: zeros([4, 2]), scale: 1 }), toEvent(1))))
    const rows = await overKeys(200, k => {
      const {
        observed: x,
        lower,
        upper,
      } = sandwich(ppcaModel(ppcaParameters), {
        observed: ['x'],
        guide: () => standard,
        draws: 200,
        levels: 40,
      })(k)
      const exact = marginal.logProb(x.x)
      return [sub(exact)(lower), sub(exact)(upper)]
    })
    const found = statistics(rows)
    found.slice(0, 4).forEach(({ average, error }) => {
      expect(average).toBeLessThan(4 * error)
      expect(average).toBeGreaterThan(-0.05)
    })
    found.slice(4).forEach(({ average, error }) => {
      expect(average).toBeGreaterThan(-4 * error)
      expect(average).toBeLessThan(0.1)
    })
  })

  it('walks over real numbers alone', () => {
    const positive = pipe(
      Do,
      site('z', Gamma({ concentration: 2, rate: 1 })),
      site('x', ({ z }) => Normal({ loc: z, scale: 1 })),
    )
    const conditioned = pipe(positive, condition({ x: scalar(1) }))
    const q = pipe(Do, site('z', Gamma({ concentration: 1, rate: 1 })))
    expect(() => pipe(conditioned, annealed(q, { levels: 2 }))(key(1))).toThrow(
      /^annealed: site z: the values of Gamma are .*; they have to be any real numbers$/,
    )
    expect(() => pipe(observed, annealed(guide, { levels: 0 }))(key(1))).toThrow(
      new RangeError('annealed: levels is 0: it is a positive integer'),
    )
    expect(() => pipe(observed, annealed(guide, { levels: 1, stepSize: 0 }))(key(1))).toThrow(
      new RangeError('annealed: stepSize is 0: it is positive'),
    )
  })

  it('asks for observed sites that there are', () => {
    const ask = sandwich(ppcaModel(ppcaParameters), {
      observed: ['y' as 'x'],
      guide: () => guide,
      draws: 1,
      levels: 1,
    })
    expect(() => ask(key(1))).toThrow(new ProgramError('sandwich: there is no site y'))
  })
})
