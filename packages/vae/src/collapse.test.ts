import { describe, expect, it } from '@jest/globals'
import { cpu } from '@elbo/tensor'
import { imageSource } from '@elbo/datasets'
import type { TrainingEvent } from '@elbo/train'
import { activeDimensions, collapseOf, informationOf } from './collapse.js'
import type { ObjectiveSettings } from './configuration/objectives.js'
import { trainVae } from './trainVae.js'

/** Pictures of two kinds, bright above or bright below. */
const images = imageSource({
  data: Uint8Array.from({ length: 12 * 64 }, (_, i) =>
    i % 12 < 6 === (Math.floor(i / 12) % 2 === 0) ? 255 : 0,
  ),
  shape: [64, 4, 3],
})

const warnings = async (objective: ObjectiveSettings, epochs: number) => {
  const events: TrainingEvent[] = []
  const run = trainVae({
    configuration: { image: [4, 3], latent: 4, encoder: { kind: 'mlp', hidden: [8] }, objective },
    dataset: { train: images, test: images },
    ...{ seed: 1, epochs, batchSize: 8, learningRate: 0.02, backend: cpu({ threads: 1 }) },
  })
  for await (const event of run) events.push(event)
  return {
    messages: events.flatMap(event => (event._tag === 'Warning' ? [event.message] : [])),
    active: events.flatMap(event => (event._tag === 'Epoch' ? [event.test['activeDimensions']] : [])).at(-1),
  }
}

describe('posterior collapse', () => {
  it('is named where the divergence weighs too much, with what to do', async () => {
    const { messages, active } = await warnings({ kind: 'elbo', beta: 50 }, 30)
    expect(active).toBe(0)
    expect(messages.at(-1)).toMatch(
      /^posterior collapse: none of the 4 dimensions of z tells more than 0\.01 nats of x\..*objective\.warmUp.*objective\.freeBits/,
    )
  })

  it('is not seen where the codes tell the pictures apart', async () => {
    const { messages, active } = await warnings({ kind: 'elbo', beta: 0.1 }, 30)
    expect(active).toBeGreaterThan(1)
    expect(messages).toEqual([])
  })

  it('is told by the information of normal codes', () => {
    // Means −1 and 3, variances 0.5 and 1.5; and a dimension that is the same for both, though not that of the prior.
    const sums = {
      count: 2,
      mean: [2, 1],
      meanSquare: [10, 0.5],
      variance: [2, 0.4],
      logVariance: [Math.log(0.75), 2 * Math.log(0.2)],
    }
    const [first, second] = informationOf(sums)
    expect(first).toBeCloseTo(0.5 * Math.log(5) - 0.25 * Math.log(0.75), 12)
    expect(second).toBeCloseTo(0, 12)
    expect(activeDimensions(sums)).toBe(1)
  })

  it('is a matter of few dimensions, not of some', () => {
    expect(collapseOf(6, 20)).toBeUndefined()
    expect(collapseOf(5, 20)).toMatch(/^posterior collapse: only 5 of the 20 dimensions of z tell more/)
    expect(collapseOf(1, 20)).toMatch(/^posterior collapse: only 1 of the 20 dimensions of z tells more/)
    expect(collapseOf(1, 2)).toBeUndefined()
  })
})
