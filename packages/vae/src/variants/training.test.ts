import { describe, expect, it } from '@jest/globals'
import { cpu, run } from '@elbo/tensor'
import { fashionMnist, imageSource } from '@elbo/datasets'
import type { VaeState } from '../checkpoint.js'
import { configured, whole, type ConfigurationFile } from '../configuration/configuration.js'
import { openEvaluation } from '../training.js'
import { trainVae } from '../trainVae.js'

const data = run(fashionMnist())

/** The first so many images of a set. */
const first = (
  count: number,
  { data: pixels, shape: [, height, width], labels }: ReturnType<typeof imageSource>,
) =>
  imageSource(
    { data: pixels.subarray(0, count * height * width), shape: [count, height, width] },
    labels?.subarray(0, count),
  )

const mlps = {
  latent: 8,
  encoder: { kind: 'mlp', hidden: [64] },
} as const

/** By the kind that is in question: a small model. */
const rows: Readonly<Record<string, ConfigurationFile>> = {
  gated: { latent: 8, encoder: { kind: 'gated', hidden: [64, 64] } },
  conv: { latent: 8, encoder: { kind: 'conv', channels: [8, 16], hidden: 32 } },
  gru: { latent: 8, encoder: { kind: 'gru', hidden: 32 } },
  hierarchical: { ...mlps, model: { kind: 'hierarchical', above: [{ latent: 4, hidden: [32] }] } },
  vq: { ...mlps, latent: 32, model: { kind: 'vq', codes: 32, dimensions: 2 } },
  'β of 4': { ...mlps, objective: { kind: 'elbo', beta: 4 } },
  'warm-up and free bits': {
    ...mlps,
    objective: { kind: 'elbo', warmUp: { kind: 'linear', steps: 100 }, freeBits: 2 },
  },
  iwae: { ...mlps, objective: { kind: 'iwae', draws: 5 } },
  'beta-tc': { ...mlps, objective: { kind: 'beta-tc', beta: 4 } },
  'wae-mmd': { ...mlps, objective: { kind: 'wae-mmd', weight: 100 } },
}

describe('every kind learns from the embedded images', () => {
  it.each(Object.keys(rows))('%s', async name => {
    const { train, test } = await data
    const bounds: number[] = []
    const metrics: string[] = []
    const events = trainVae({
      dataset: {
        train: first(2400, imageSource(train.images)),
        test: first(100, imageSource(test.images)),
      },
      configuration: rows[name],
      seed: 1,
      epochs: 3,
      batchSize: 32,
      learningRate: 2e-3,
      backend: cpu({ threads: 1 }),
    })
    for await (const event of events) {
      if (event._tag !== 'Epoch') continue
      bounds.push(event.test['elbo'])
      metrics.push(...Object.keys(event.train))
    }
    expect(bounds).toHaveLength(3)
    bounds.slice(1).forEach((bound, i) => expect(bound).toBeGreaterThan(bounds[i]))
    // An untrained decoder gives every pixel one half: 784 ln 2 = 543 nats.
    expect(bounds[2]).toBeGreaterThan(-400)
    if (name === 'hierarchical') expect(metrics).toEqual(expect.arrayContaining(['kl.z1', 'kl.z2']))
    if (name === 'vq') expect(metrics).toEqual(expect.arrayContaining(['perplexity', 'distance']))
  })

  it('conditional: by labels that are true', async () => {
    const { train, test } = await data
    // Of two dimensions, z leaves to the label what it has no room for.
    const configuration = whole({ ...mlps, latent: 2, model: { kind: 'conditional', classes: 10 } })
    const part = ({ images, labels }: typeof train, count: number) =>
      first(count, imageSource(images, labels))
    const held = part(test, 500)
    const events = trainVae({
      dataset: { train: part(train, 2400), test: held },
      configuration,
      seed: 1,
      epochs: 3,
      batchSize: 32,
      learningRate: 2e-3,
      backend: cpu({ threads: 1 }),
    })
    const bounds: number[] = []
    for await (const event of events) if (event._tag === 'Epoch') bounds.push(event.test['elbo'])
    expect(bounds).toHaveLength(3)
    bounds.slice(1).forEach((bound, i) => expect(bound).toBeGreaterThan(bounds[i]))
    expect(bounds[2]).toBeGreaterThan(-340)

    const state = events.latest()?.state as unknown as VaeState
    const backend = await run(cpu({ threads: 1 }))
    const evaluated = async (images: typeof held) => {
      const { evaluate, dispose } = await run(
        openEvaluation(configured(configuration), state, images)(backend),
      )
      const metrics = await run(evaluate(state as never))
      await run(dispose)
      return metrics['elbo']
    }
    expect(await evaluated(held)).toBe(bounds[2])
    const shifted = Uint8Array.from(held.labels ?? [], label => (label + 1) % 10)
    expect(await evaluated(imageSource(held, shifted))).toBeLessThan(bounds[2] - 20)
  })
})
