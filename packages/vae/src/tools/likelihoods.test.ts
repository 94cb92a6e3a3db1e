import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { foldIn, key, run, type Tensor } from '@elbo/tensor'
import { evaluateOn } from '@elbo/train'
import { boundTerms } from './boundTerms.js'
import { estimateOf, meanOf } from './estimate.js'
import { information } from './information.js'
import {
  bestScale,
  exampleRows,
  examples,
  gapOf,
  leastGap,
  logEvidence,
  oblique,
  onCpu,
  posteriorMean,
  precision,
  trainedLinear,
  upright,
  type LinearGaussian,
} from './linearGaussian.testing.js'
import { logLikelihood } from './logLikelihood.js'
import { refinedBounds } from './refined.js'
import { sandwiched } from './sandwiched.js'
import { held, rowsOf, rowValues, type RowValues } from './trained.js'

const rough = { shift: [0.2, -0.15], scale: [0.5, 0.6] } as const
const models: readonly (readonly [string, LinearGaussian])[] = [
  ['independent coordinates', upright],
  ['dependent coordinates', oblique],
]
const evidences = (model: LinearGaussian) => examples.map(x => logEvidence(model, x))
const repeated = (x: readonly number[], count: number): RowValues =>
  rowValues(
    Array.from({ length: count }, () => x),
    3,
  )

describe.each(models)('a linear-Gaussian VAE with a posterior of %s', (_, model) => {
  it('has the bound and the divergences of their closed forms', async () => {
    const trained = trainedLinear(model, rough.shift, rough.scale)
    const found = await run(boundTerms(onCpu)(trained, exampleRows))
    const divergences = examples.map(x => {
      const mean = posteriorMean(model, x)
      return [0, 1].map(d => {
        const [m, s] = [mean[d] + rough.shift[d], rough.scale[d]]
        return 0.5 * (m * m + s * s - 1) - Math.log(s)
      })
    })
    divergences.forEach(([a, b], i) => {
      expect(found.kl[i]).toBeCloseTo(a + b, 5)
    })
    for (const d of [0, 1])
      expect(found.dimensions?.[d]).toBeCloseTo(meanOf(divergences.map(each => each[d])), 5)

    const many = await run(boundTerms(onCpu)(trained, repeated(examples[2], 4000)))
    const { mean, standardError } = estimateOf(many.elbo)
    const expected = logEvidence(model, examples[2]) - gapOf(model, rough.shift, rough.scale)
    expect(Math.abs(mean - expected)).toBeLessThan(5 * standardError)
    expect(standardError).toBeLessThan(0.05)
  })

  it('has its evidence by importance sampling, and its standard error', async () => {
    const trained = trainedLinear(model, rough.shift, rough.scale)
    const found = await run(logLikelihood(onCpu)(trained, exampleRows, { samples: 20_000, block: 500 }))
    evidences(model).forEach((evidence, i) => {
      expect(Math.abs(found.values[i] - evidence)).toBeLessThan(5 * found.standardErrors[i])
      expect(found.standardErrors[i]).toBeLessThan(0.03)
    })
    expect(found.overExamples.mean).toBeCloseTo(meanOf(found.values), 10)
    expect(found.simulationError).toBeCloseTo(
      Math.hypot(...found.standardErrors) / found.standardErrors.length,
      10,
    )
  })

  it('has the gaps of their closed forms', async () => {
    const trained = trainedLinear(model, rough.shift, rough.scale)
    const found = await run(refinedBounds(onCpu)(trained, exampleRows, { draws: 4000, batch: 3 }))
    evidences(model).forEach((evidence, i) => {
      expect(Math.abs(evidence - found.refined[i] - leastGap(model))).toBeLessThan(0.05)
      expect(Math.abs(evidence - found.amortised[i] - gapOf(model, rough.shift, rough.scale))).toBeLessThan(
        0.07,
      )
    })
  })

  it('holds the evidence of its own draws from both sides', async () => {
    const trained = trainedLinear(model)
    const { lower, upper, width } = await run(
      sandwiched(onCpu)(trained, { examples: 200, draws: 50, levels: 50, stepSize: 0.2 }),
    )
    // E[ln P(x)] = −½ ln det(2πe C), and det C = σ² det(σ²I₂ + WWᵀ) = σ⁶ det Λ.
    const [[a, b], [c, d]] = precision(model)
    const expected =
      -1.5 * Math.log(2 * Math.PI * Math.E) - 3 * Math.log(model.sigma) - 0.5 * Math.log(a * d - b * c)
    for (const { mean, standardError } of [lower, upper])
      expect(Math.abs(mean - expected)).toBeLessThan(5 * standardError)
    expect(width.mean).toBeGreaterThan(-3 * width.standardError)
    expect(width.mean).toBeLessThan(0.1)
  })
})

describe('the log-likelihood', () => {
  it('is exact, with no error, where the encoder gives the posterior', async () => {
    const found = await run(
      logLikelihood(onCpu)(trainedLinear(upright), exampleRows, { samples: 30, block: 7 }),
    )
    evidences(upright).forEach((evidence, i) => {
      expect(found.values[i]).toBeCloseTo(evidence, 4)
      expect(found.standardErrors[i]).toBeLessThan(1e-4)
      expect(found.effectiveSampleSizes[i]).toBeCloseTo(30, 3)
    })
  })

  it('is the importance-weighted bound, in one block', async () => {
    const trained = trainedLinear(oblique, rough.shift, rough.scale)
    const found = await run(logLikelihood(onCpu)(trained, exampleRows, { samples: 64, block: 64, seed: 3 }))
    const fresh = pipe(key(3), foldIn(0), foldIn(0))
    const bound = trained.vae.importance(held(trained), rowsOf(exampleRows), { draws: 64 })(fresh)
    const same = await run(
      evaluateOn(onCpu)({
        value: bound.bound,
        error: bound.standardError,
        size: bound.effectiveSampleSize,
      }),
    )
    found.values.forEach((value, i) => {
      expect(value).toBeCloseTo(same.value.data[i], 5)
      expect(found.standardErrors[i]).toBeCloseTo(same.error.data[i], 5)
      expect(found.effectiveSampleSizes[i]).toBeCloseTo(same.size.data[i], 3)
    })
  })

  it('has errors that are as large as said', async () => {
    const found = await run(
      logLikelihood(onCpu)(trainedLinear(oblique, [0.1, 0.1]), repeated(examples[1], 1000), {
        samples: 100,
        block: 50,
        batch: 500,
      }),
    )
    const { mean, standardError } = estimateOf(found.values)
    const spread = standardError * Math.sqrt(1000)
    expect(Math.abs(spread / meanOf(found.standardErrors) - 1)).toBeLessThan(0.15)
    expect(mean).toBeLessThan(logEvidence(oblique, examples[1]) + 4 * standardError)
  })

  it('tells how far it is, and refuses numbers that are none', async () => {
    const told: number[] = []
    await run(
      logLikelihood(onCpu)(trainedLinear(upright), exampleRows, {
        ...{ samples: 5, block: 2, batch: 3 },
        progress: (done, total) => told.push(done / total),
      }),
    )
    expect(told).toHaveLength(6)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect(told.at(-1)).toBe(1)
    expect(() => logLikelihood(onCpu)(trainedLinear(upright), exampleRows, { samples: 0 })).toThrow(
      'logLikelihood: samples is 0: it is a positive integer',
    )
  })
})

describe('the information', () => {
  it('of draws of the model with their true posterior is its rate, and the aggregate posterior is the prior', async () => {
    const faint = { ...upright, sigma: 1.5 }
    const trained = trainedLinear(faint)
    const program = trained.vae.model(held(trained), 600)
    const { sample } = await import('@elbo/elbo')
    const x = await run(
      evaluateOn(onCpu)(sample(program)(key(5)).values.x as unknown as Tensor<[number, number]>),
    )
    const found = await run(information(onCpu)(trained, x as unknown as RowValues))
    const [[a, b], [c, d]] = precision(faint)
    // I(x; z) = ½ ln det Λ.
    const expected = 0.5 * Math.log(a * d - b * c)
    expect(bestScale(faint)[0]).toBeLessThan(1)
    expect(Math.abs(found.rate - expected)).toBeLessThan(0.1)
    expect(found.mutualInformation.lower).toBeLessThan(expected + 0.08)
    expect(found.mutualInformation.upper).toBeGreaterThan(expected - 0.08)
    expect(found.mutualInformation.upper - found.mutualInformation.lower).toBeLessThan(0.05)
    expect(found.rate).toBeCloseTo(found.mutualInformation.lower + found.aggregate.upper, 10)
    expect(Math.abs(found.aggregate.lower)).toBeLessThan(0.05)
  })

  it('does not depend on the batches, but for the draws', async () => {
    const trained = trainedLinear(oblique)
    const x = rowValues(
      Array.from({ length: 7 }, (_, i) => examples[i % 5].map(value => value + i / 10)),
      3,
    )
    const whole = await run(information(onCpu)(trained, x, { batch: 7 }))
    const parts = await run(information(onCpu)(trained, x, { batch: 3 }))
    // ln q(z | x) less ln of the mean of all is at most ln N, and so is the bound.
    for (const { mutualInformation } of [whole, parts]) {
      expect(mutualInformation.lower).toBeLessThanOrEqual(Math.log(7))
      expect(mutualInformation.upper).toBeGreaterThan(mutualInformation.lower)
    }
    expect(Math.abs(whole.mutualInformation.lower - parts.mutualInformation.lower)).toBeLessThan(0.5)
  })
})
