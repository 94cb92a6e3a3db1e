import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import {
  bernoulli as drawn,
  cast,
  cpu,
  mean,
  open,
  neg,
  reshape,
  run,
  split,
  type Arrays,
  type Key,
  type Step,
  type Tensor,
} from '@elbo/tensor'
import { batchesOfEpoch, fashionMnist, gatherImages, gatherLabels, imageSource } from '@elbo/datasets'
import { mlp, type Rows } from '@elbo/nn'
import { adam, evaluateOn, initialState, trainingStep } from '@elbo/train'
import type { ConfigurationFile } from '../configuration/configuration.js'
import { bernoulli } from '../likelihoods/bernoulli.js'
import { gaussian } from '../posteriors/gaussian.js'
import { standardNormal } from '../priors/standardNormal.js'
import { trainVae } from '../trainVae.js'
import { conditional, oneHotLabels, type Labels } from './conditional.js'

const data = run(fashionMnist())

/** The first so many images of a set. */
const first = (count: number, { data: pixels, shape: [, height, width] }: ReturnType<typeof imageSource>) =>
  imageSource({ data: pixels.subarray(0, count * height * width), shape: [count, height, width] })

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

  it('conditional', async () => {
    const { train } = await data
    const model = conditional({
      encoder: gaussian(mlp([784 + 10, 64, 8])),
      decoder: bernoulli(mlp([8 + 10, 64, 784])),
      prior: standardNormal(8),
      label: oneHotLabels(10),
    })
    type Parameters = ReturnType<typeof model.init>[0]
    interface Batch {
      readonly images: Tensor<readonly [number, number, number], 'f32'>
      readonly labels: Labels
    }
    const loss = (parameters: Parameters, { images, labels }: Batch, key: Key) => {
      const [forPixels, forCodes] = split(key, 2) as readonly [Key, Key]
      const x = pipe(drawn(images)(forPixels), cast('f32'), reshape([images.shape[0], 784])) as Rows<784>
      const { elbo } = model.given(labels).bound(parameters, x)(forCodes)
      return [neg(mean()(elbo)), {}] as const
    }
    const optimiser = adam({ learningRate: 2e-3 })
    const device = await run(cpu({ threads: 1 }))
    const start = await run(evaluateOn(device)(initialState(optimiser)(1)(model.init)))
    const bounds: number[] = []
    const plan = { key: [1, 2], count: train.labels.length, batchSize: 32, dropLast: true } as const
    const batches = Array.from(batchesOfEpoch(plan))
    const batchOf = (i: number) =>
      ({
        images: gatherImages(batches[i].indices)(train.images),
        labels: gatherLabels(batches[i].indices)(train.labels),
      }) as unknown as Arrays<Batch>
    const step = trainingStep(loss, optimiser) as unknown as Step<
      typeof start,
      Arrays<Batch>,
      { readonly loss: Tensor<[]> }
    >
    const session = await run(pipe(device, open(step, { state: start, inputs: batchOf(0) })))
    for (let i = 0; i < 200; i++) bounds.push(-(await run(session.step(batchOf(i)))).loss.data[0])
    await run(session.dispose)
    const [early, late] = [bounds.slice(25, 75), bounds.slice(-50)].map(
      list => list.reduce((total, value) => total + value, 0) / 50,
    )
    expect(late).toBeGreaterThan(early + 20)
    expect(late).toBeGreaterThan(-320)
  })
})
