import { describe, expect, it } from '@jest/globals'
import { run } from '@elbo/tensor'
import { evaluateVae, type Part } from './evaluateVae.js'
import { gapOf, leastGap, oblique, onCpu, trainedLinear } from './linearGaussian.testing.js'
import { exampleRows } from './linearGaussian.testing.js'

describe('an evaluation', () => {
  const trained = trainedLinear(oblique, [0.2, -0.1], [0.5, 0.5])

  it('parts the bound into what adds up to it, and what it lacks', async () => {
    const told = new Map<Part, number>()
    const { bound, units, information, likelihood, gaps, sandwich } = await run(
      evaluateVae(onCpu)(trained, exampleRows, {
        ...{ draws: 100, samples: 5000, examples: 4, refined: 3, sandwiched: 4 },
        progress: (part, done, total) => told.set(part, done / total),
      }),
    )
    expect(bound.examples).toBe(5)
    expect(bound.elbo.mean).toBeCloseTo(bound.reconstruction.mean - bound.kl.mean, 4)
    expect(bound.elbo.mean).toBeCloseTo(-bound.rate.mean - bound.distortion.mean, 4)
    expect(bound.dimensions?.reduce((sum, nats) => sum + nats, 0)).toBeCloseTo(bound.sites.z.mean, 5)
    expect(units).toEqual({ latent: 2, active: [0, 1] })
    expect(information.examples).toBe(4)
    expect(likelihood).toMatchObject({ examples: 4, samples: 5000 })
    expect(likelihood?.logLikelihood.mean).toBeGreaterThan(likelihood?.elbo.mean ?? Infinity)
    expect(gaps?.total.mean).toBeCloseTo(
      (gaps?.approximation.mean ?? NaN) + (gaps?.amortisation.mean ?? NaN),
      10,
    )
    expect(Math.abs((gaps?.approximation.mean ?? NaN) - leastGap(oblique))).toBeLessThan(0.2)
    expect(Math.abs((gaps?.total.mean ?? NaN) - gapOf(oblique, [0.2, -0.1], [0.5, 0.5]))).toBeLessThan(0.3)
    expect(sandwich?.examples).toBe(4)
    expect([...told]).toEqual([
      ['bound', 1],
      ['information', 1],
      ['likelihood', 1],
      ['gaps', 1],
      ['sandwich', 1],
    ])
  })

  it('leaves out what is not asked for', async () => {
    const found = await run(evaluateVae(onCpu)(trained, exampleRows, { samples: 0, sandwiched: 0 }))
    expect(Object.keys(found)).toEqual(['bound', 'units', 'information'])
  })
})
