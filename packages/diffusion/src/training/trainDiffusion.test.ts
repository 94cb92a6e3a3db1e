import { describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { cpu, run as orThrow, threefry2x32 } from '@elbo/tensor'
import { eightGaussians, imageSource } from '@elbo/datasets'
import { missingCheckpoint, weightsHash, type CheckpointStore, type TrainingEvent } from '@elbo/train'
import type { DiffusionData, ShuffledImages } from './data.js'
import { readDiffusion, type DiffusionModel } from './run.js'
import { trainDiffusion, type TrainDiffusionOptions } from './trainDiffusion.js'

/** Two kinds of pictures, bright above or bright below, with noise; the kind is the label. */
const pictures = (count: number, seed: number): ShuffledImages => {
  const labels = Uint8Array.from({ length: count }, (_, i) => threefry2x32([seed, 2], [i, 0])[0] % 2)
  const data = Uint8Array.from({ length: 16 * count }, (_, i) => {
    const [noise] = threefry2x32([seed, 1], [i, 0])
    const bright = i % 16 < 8 === (labels[Math.floor(i / 16)] === 0)
    return (bright ? 200 : 0) + (noise % 56)
  })
  return imageSource({ data, shape: [count, 4, 4] }, labels)
}

const images: DiffusionData = { kind: 'images', train: pictures(50, 1), test: pictures(40, 2) }
const points: DiffusionData = { kind: 'points', name: '8-gaussians', sample: eightGaussians.sample }

const common = { schedule: 'cosine', length: 20, prediction: 'v', scale: 1 } as const
const ofImages: DiffusionModel = {
  ...common,
  architecture: {
    ...{ kind: 'unet', image: [1, 4, 4], widths: [4, 4], timeFeatures: 4, conditionWidth: 8 },
    ...{ groups: 2, heads: 1, classes: 2 },
  },
}
const ofPoints: DiffusionModel = {
  ...common,
  ...{ length: 50, scale: 1.5 },
  architecture: {
    ...{ kind: 'points', inputs: 2, hidden: [64, 64], timeFeatures: 16, pointFeatures: 0, classes: 0 },
  },
}

const backend = cpu({ threads: 1 })
const evaluation = { count: 40, draws: 1 }
const rows: Readonly<Record<'images' | 'points', TrainDiffusionOptions>> = {
  images: { backend, data: images, model: ofImages, seed: 3, steps: 9, batchSize: 10, evaluation },
  points: {
    ...{
      backend,
      data: points,
      model: ofPoints,
      seed: 3,
      steps: 9,
      batchSize: 16,
      stepsPerEpoch: 4,
      evaluation,
    },
  },
}

const memory = () => {
  let kept: Uint8Array | undefined
  const store: CheckpointStore = {
    path: 'memory',
    write: bytes => {
      kept = bytes
      return TE.right(undefined)
    },
    read: () => Promise.resolve(kept === undefined ? E.left(missingCheckpoint('memory')) : E.right(kept)),
  }
  return store
}

const trained = async (options: TrainDiffusionOptions) => {
  const training = trainDiffusion(options)
  const events: TrainingEvent[] = []
  for await (const event of training) events.push(event)
  const last = training.latest()
  return { events, state: last && weightsHash(last.state) }
}

describe.each(Object.entries(rows))('training on %s', (_, options) => {
  it('gives one state for one seed, with one or two threads, with passes or without', async () => {
    const { state } = await trained(options)
    for (const changes of [{ backend: cpu({ threads: 2, leastWork: 0 }) }, { passes: [] }])
      expect((await trained({ ...options, ...changes })).state).toBe(state)
    expect((await trained({ ...options, seed: 4 })).state).not.toBe(state)
  })

  it.each([1, 7])('continues bit for bit after step %i', async stop => {
    const changes = { decay: 'cosine', lastRate: 1e-4, warmUp: 2 } as const
    const { state } = await trained({ ...options, ...changes })
    const [out, abort] = [memory(), new AbortController()]
    let done = 0
    for await (const event of trainDiffusion({ ...options, ...changes, out, signal: abort.signal }))
      if (event._tag === 'Step' && ++done === stop) abort.abort()
    const resume = await orThrow(readDiffusion(out))
    expect((await trained({ ...options, ...changes, resume })).state).toBe(state)
  })

  it('does not resume another run', async () => {
    const out = memory()
    await trained({ ...options, out })
    const resume = await orThrow(readDiffusion(out))
    const { model } = options
    const others: readonly (readonly [string, Partial<TrainDiffusionOptions>])[] = [
      ['seed', { seed: 4 }],
      ['batch size', { batchSize: 9 }],
      ['learning rate', { learningRate: 0.1 }],
      ['gradient clipping', { clip: null }],
      ['label dropout', { labelDropout: 0.5 }],
      ['decay of the average', { averageDecay: 0.5 }],
      ['schedule', { model: { ...model, schedule: 'linear' } }],
      ['prediction', { model: { ...model, prediction: 'x' } }],
      ['scale', { model: { ...model, scale: 9 } }],
      ['architecture', { model: { ...model, architecture: { ...model.architecture, timeFeatures: 6 } } }],
      [
        'data',
        {
          data:
            options.data.kind === 'points'
              ? { ...options.data, name: 'moons' }
              : { ...options.data, train: pictures(50, 7) },
        },
      ],
    ]
    for (const [path, changes] of others) {
      const [event] = (await trained({ ...options, ...changes, resume })).events
      expect(event).toMatchObject({ error: { cause: { _tag: 'OtherRun', path } } })
    }
  })
})

describe('trainDiffusion', () => {
  it.each<[string, Partial<TrainDiffusionOptions>]>([
    ['a network for 2 and data of 1 × 4 × 4', { data: images }],
    ['steps is 0, not a positive integer', { steps: 0 }],
  ])('refuses: %s', (message, changes) => {
    expect(() => trainDiffusion({ ...rows.points, ...changes })).toThrow(
      new RangeError(`trainDiffusion: ${message}`),
    )
  })

  it.each<[string, Partial<TrainDiffusionOptions>]>([
    ['a batch of 51 cannot be filled from 50 images', { batchSize: 51 }],
    [
      'labels for a network of 0 classes',
      { model: { ...ofImages, architecture: { ...ofImages.architecture, classes: 0 } } },
    ],
  ])('refuses: %s', (message, changes) => {
    expect(() => trainDiffusion({ ...rows.images, ...changes })).toThrow(
      new RangeError(`trainDiffusion: ${message}`),
    )
  })

  it('learns eight Gaussians: the bound falls towards their entropy, and not below it', async () => {
    const { events } = await trained({
      ...rows.points,
      ...{ steps: 1200, stepsPerEpoch: 300, batchSize: 128, learningRate: 4e-3, decay: 'cosine' },
      ...{ averageDecay: 0.98, evaluation: { count: 8192, draws: 8 } },
    })
    const bounds = events.flatMap(event => (event._tag === 'Epoch' ? [event.test['boundNats']] : []))
    const excess = bounds.map(bound => bound - eightGaussians.entropy)
    expect(bounds).toHaveLength(4)
    expect(excess[3]).toBeLessThan(excess[0])
    // A normal law of the same variance is 1.8 nats above.
    expect(excess[3]).toBeLessThan(1)
    expect(excess[3]).toBeGreaterThan(0)
  }, 60_000)

  it('learns pictures by their class: fewer bits than eight for each pixel', async () => {
    const { events } = await trained({
      ...rows.images,
      ...{ steps: 250, learningRate: 1e-2, averageDecay: 0.9, evaluation: { draws: 8 } },
    })
    const bits = events.flatMap(event => (event._tag === 'Epoch' ? [event.test['bitsPerDim']] : []))
    // Noise of 56 equally likely levels, bright or dark by the class: log₂ 56 at least.
    expect(bits.at(-1)).toBeGreaterThan(Math.log2(56))
    expect(bits.at(-1)).toBeLessThan(7.5)
  }, 60_000)
})
