import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  cpu,
  generate,
  key,
  leavesOf,
  ndarray,
  passNames,
  reference,
  run as orThrow,
  threefry2x32,
  type Arrays,
  type Backend,
  type BackendError,
  type Spec,
} from '@elbo/tensor'
import { imageSource, type ImageSource } from '@elbo/datasets'
import {
  encodeCheckpoint,
  missingCheckpoint,
  weightsHash,
  type CheckpointStore,
  type TrainingEvent,
} from '@elbo/train'
import { readVae } from './checkpoint.js'
import {
  configured,
  fashionMnistConfiguration,
  whole,
  type ConfigurationFile,
} from './configuration/configuration.js'
import { priorSamples, reconstructions } from './drawing.js'
import type { ImageParameters } from './image-model.js'
import { openEvaluation } from './training.js'
import { trainVae, type TrainVaeOptions } from './trainVae.js'

const configuration: ConfigurationFile = {
  image: [4, 3],
  encoder: { kind: 'mlp', hidden: [7] },
  latent: 2,
}

/** Two kinds of pictures, bright above or bright below, with noise. */
const pictures = (count: number, seed: number): ImageSource => {
  const data = Uint8Array.from({ length: 12 * count }, (_, i) => {
    const [noise] = threefry2x32([seed, 1], [i, 0])
    const [kind] = threefry2x32([seed, 2], [Math.floor(i / 12), 0])
    const bright = i % 12 < 6 === (kind % 2 === 0)
    return (bright ? 200 : 0) + (noise % 56)
  })
  return imageSource({ data, shape: [count, 4, 3] })
}
const dataset = { train: pictures(50, 1), test: pictures(1_017, 2) }

const options: TrainVaeOptions = {
  dataset,
  seed: 3,
  epochs: 2,
  backend: cpu({ threads: 1 }),
  configuration,
  batchSize: 8,
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

const trained = async (changes: Partial<TrainVaeOptions> = {}) => {
  const run = trainVae({ ...options, ...changes })
  const events: TrainingEvent[] = []
  for await (const event of run) events.push(event)
  const last = run.latest()
  return {
    events,
    run,
    hash: last && weightsHash(last.state.parameters),
    state: last && weightsHash(last.state),
  }
}

describe('trainVae', () => {
  it('raises the bound, and reports its terms', async () => {
    const { events } = await trained({ epochs: 40, learningRate: 0.01 })
    const epochs = events.filter(event => event._tag === 'Epoch')
    const [first, last] = [epochs[0], epochs[39]]
    expect(last.test['elbo']).toBeGreaterThan(first.test['elbo'] + 1.5)
    for (const metrics of [last.train, last.test]) {
      expect(metrics['elbo']).toBeCloseTo(metrics['reconstruction'] - metrics['kl'], 4)
      expect(metrics['loss']).toBeCloseTo(-metrics['elbo'], 6)
      expect(metrics['kl']).toBeGreaterThan(0)
    }
    expect(events.filter(event => event._tag === 'Step')).toHaveLength(40 * Math.floor(50 / 8))
  })

  it('gives one set of weights for one seed: on every run, with one or two threads, with optimiser passes or without', async () => {
    const { state } = await trained()
    const variations: Partial<TrainVaeOptions>[] = [
      {},
      { backend: cpu({ threads: 2, leastWork: 0 }) },
      { passes: [] },
      { passes: passNames.filter(name => name !== 'fuse') },
    ]
    for (const variation of variations) expect((await trained(variation)).state).toBe(state)
    expect((await trained({ seed: 4 })).state).not.toBe(state)
  })

  it('computes what the reference interpreter computes, up to rounding', async () => {
    const [one, other] = [await trained(), await trained({ backend: reference() })]
    const metrics = ({ events }: typeof one) =>
      events.flatMap(event => (event._tag === 'Epoch' ? [event.train, event.test] : []))
    const expected = metrics(other)
    metrics(one).forEach((found, i) => {
      for (const [name, value] of Object.entries(found)) expect(value).toBeCloseTo(expected[i][name], 3)
    })
  })

  it('continues bit for bit after interruptions anywhere', async () => {
    const { state } = await trained()
    const steps = 2 * Math.floor(50 / 8)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: steps }), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (stops, killed) => {
          const out = memory()
          let last: string | undefined
          for (const stop of [...stops, Infinity]) {
            const abort = new AbortController()
            const resume = await readVae(out)()
            const run = trainVae({
              ...options,
              out,
              checkpointEvery: 3,
              signal: abort.signal,
              ...(E.isRight(resume) ? { resume: resume.right } : {}),
            })
            let done = 0
            for await (const event of run) {
              if (event._tag !== 'Step' || ++done !== stop) continue
              if (killed) break
              abort.abort()
            }
            last = weightsHash((await orThrow(readVae(out))).state)
          }
          expect(last).toBe(state)
        },
      ),
      { numRuns: 15 },
    )
  }, 120_000)

  it('does not resume another run', async () => {
    const out = memory()
    await trained({ out, epochs: 1 })
    const resume = await orThrow(readVae(out))
    const told = async (changes: Partial<TrainVaeOptions>) => {
      const [event] = (await trained({ resume, ...changes })).events
      return event._tag === 'Failed' && event.error._tag === 'CheckpointFailed' ? event.error.cause : event
    }
    expect(await told({ seed: 4 })).toMatchObject({
      _tag: 'OtherRun',
      path: 'seed',
      expected: '4',
      found: '3',
    })
    expect(await told({ batchSize: 9 })).toMatchObject({ _tag: 'OtherRun', path: 'batch size' })
    expect(await told({ learningRate: 0.1 })).toMatchObject({ _tag: 'OtherRun', path: 'learning rate' })
    expect(await told({ dataset: { ...dataset, train: pictures(50, 7) } })).toMatchObject({
      _tag: 'OtherRun',
      path: 'training images',
    })
    expect(
      await told({ configuration: { ...configuration, encoder: { kind: 'mlp', hidden: [7, 7] } } }),
    ).toMatchObject({
      _tag: 'OtherRun',
      path: 'encoder',
      expected: '{"kind":"mlp","hidden":[7,7]}',
      found: '{"kind":"mlp","hidden":[7]}',
    })
    expect(await told({ warmUp: 2 })).toMatchObject({
      _tag: 'OtherRun',
      path: 'learning rate',
      expected: '0.001, warmed up over 2 steps',
      found: '0.001',
    })
    expect(await told({ decay: 'cosine' })).toMatchObject({
      expected: '0.001, falling by a cosine until step 12',
    })
    expect(await told({ clip: 1 })).toMatchObject({
      _tag: 'OtherRun',
      path: 'gradient clipping',
      expected: 'at 1',
      found: 'off',
    })
    // Its last checkpoint stands before the evaluation of the epoch.
    expect((await told({}))._tag).toBe('Epoch')
  })

  it('reads checkpoints from before there were kinds of parts', async () => {
    const out = memory()
    const { state } = await trained({ out, epochs: 1 })
    const kept = await orThrow(readVae(out))
    const { configuration: _, ...about } = kept.about
    const architecture = { image: [4, 3], hidden: [7], latent: 2 }
    const earlier = memory()
    await orThrow(earlier.write(encodeCheckpoint({ ...kept, about: { ...about, architecture } })))
    const read = await orThrow(readVae(earlier))
    expect(read.about).toEqual(kept.about)
    expect(weightsHash(read.state)).toBe(state)
  })

  it('warms the rate up and lets it fall over the epochs, clips, and continues bit for bit with all that', async () => {
    const changes = { warmUp: 2, decay: 'linear', clip: 0.5, learningRate: 0.5, patience: 9 } as const
    const { events, state } = await trained(changes)
    const rates = events.flatMap(event => (event._tag === 'Step' ? [event.learningRate] : []))
    const expected = [0.25, 0.375, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05]
    rates.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i], 6))
    expect(rates).toHaveLength(expected.length)
    expect((await trained({ ...changes, clip: 1e9 })).state).not.toBe(state)

    const [out, best, abort] = [memory(), memory(), new AbortController()]
    for await (const event of trainVae({ ...options, ...changes, out, best, signal: abort.signal }))
      if (event._tag === 'Step' && event.epoch === 2 && event.step === 3) abort.abort()
    const resume = await orThrow(readVae(out))
    expect((await trained({ ...changes, out, best, resume })).state).toBe(state)
    expect(await trained({ ...changes, resume, epochs: 3 })).toMatchObject({
      events: [{ error: { cause: { _tag: 'OtherRun', path: 'learning rate' } } }],
    })
    expect(() => trainVae({ ...options, warmUp: 12, decay: 'cosine' })).toThrow(
      new RangeError('scheduleFor: a warm-up of 12 steps leaves none of 12 to decay in'),
    )
  })

  it('stops by patience, and keeps the state with the highest bound on the test images', async () => {
    // Steps so wide that the bound soon rises by chance alone.
    const best = memory()
    const { events, run } = await trained({ best, patience: 2, epochs: 60, learningRate: 0.2 })
    const bounds = events.flatMap(event => (event._tag === 'Epoch' ? [event.test['elbo']] : []))
    const highest = bounds.indexOf(Math.max(...bounds))
    expect(events.at(-1)).toMatchObject({ _tag: 'Stopped', reason: 'patience', epoch: highest + 3 })
    const kept = await orThrow(readVae(best))
    expect(kept.watched).toEqual({ metric: 'elbo', best: bounds[highest], epoch: highest + 1, since: 0 })
    expect(weightsHash(kept.state)).toBe(weightsHash(run.best()?.state))
    const backend = await orThrow(cpu({ threads: 1 }))
    const evaluation = await orThrow(
      openEvaluation(
        configured(whole(configuration)),
        kept.state as unknown as Parameters<typeof openEvaluation>[1],
        dataset.test,
      )(backend),
    )
    expect((await orThrow(evaluation.evaluate(kept.state)))['elbo']).toBe(bounds[highest])
    await evaluation.dispose()
  })

  it('trains 784-400-20-400-784 unless told otherwise', () => {
    expect(whole({})).toEqual(fashionMnistConfiguration)
    const shapes = leavesOf<Spec>(generate(key(0))(configured(whole({})).init)).map(({ leaf }) => leaf.shape)
    expect(shapes.filter(shape => shape.length === 2)).toEqual([
      [784, 400],
      [400, 40],
      [20, 400],
      [400, 784],
    ])
  })
})

describe('an evaluation', () => {
  const model = configured(whole(configuration))

  const evaluated = async (images: ImageSource, parameters: Arrays<ImageParameters>, backend: Backend) => {
    const { run } = await trained({ epochs: 1 })
    const state = run.latest()?.state
    if (state === undefined) throw new Error('nothing was trained')
    const evaluation = await orThrow(
      openEvaluation(model, state as unknown as Parameters<typeof openEvaluation>[1], images)(backend),
    )
    const metrics = await orThrow(evaluation.evaluate({ ...state, parameters }))
    await evaluation.dispose()
    return metrics
  }

  it('is the mean over all images, whatever room the last batch has left', async () => {
    const backend = await orThrow(cpu({ threads: 1 }))
    const { run } = await trained({ epochs: 1 })
    const parameters = run.latest()?.state.parameters as Arrays<ImageParameters>
    const once = await evaluated(dataset.test, parameters, backend)
    expect(await evaluated(dataset.test, parameters, backend)).toEqual(once)
    // Of 1,000 images alike and 1 more alike, the mean is that of their bounds: KL does not depend on draws.
    const [first, other] = [dataset.test.data.subarray(0, 12), dataset.test.data.subarray(12, 24)]
    const alike = (picture: Uint8Array, count: number) =>
      Array.from({ length: count }, () => [...picture]).flat()
    const black = Uint8Array.from(first, byte => (byte > 127 ? 255 : 0))
    const white = Uint8Array.from(other, byte => (byte > 127 ? 0 : 255))
    const images = (data: number[]) =>
      imageSource({ data: Uint8Array.from(data), shape: [data.length / 12, 4, 3] })
    const kl = async (data: number[]) => (await evaluated(images(data), parameters, backend))['kl']
    const [a, b] = [await kl(alike(black, 1)), await kl(alike(white, 1))]
    expect(await kl([...alike(black, 1000), ...alike(white, 1)])).toBeCloseTo((1000 * a + b) / 1001, 5)
  })
})

describe('drawing', () => {
  it('gives a picture for each picture, and pictures from the prior by a seed', async () => {
    const { run } = await trained({ epochs: 60, learningRate: 0.01 })
    const parameters = run.latest()?.state.parameters as Arrays<ImageParameters>
    const backend = await orThrow(cpu({ threads: 1 }))
    const trainedVae = { configuration: whole(configuration), parameters }
    const above = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    const below = above.map(value => 1 - value)
    const images = ndarray([...above, ...below], [2, 4, 3])
    const drawn = await orThrow(reconstructions(backend)(trainedVae, images))
    expect(drawn.shape).toEqual([2, 4, 3])
    drawn.data.forEach((p, i) => expect(p > 0.5 ? 1 : 0).toBe(images.data[i]))

    const samples = await orThrow(priorSamples(backend)(trainedVae, 5, 9))
    expect(samples.shape).toEqual([9, 4, 3])
    expect(await orThrow(priorSamples(backend)(trainedVae, 5, 9))).toEqual(samples)
    expect((await orThrow(priorSamples(backend)(trainedVae, 6, 9))).data).not.toEqual(samples.data)
  })

  it('hands on what a backend cannot do', async () => {
    const broken: BackendError = { _tag: 'Unavailable', backend: 'gpu', message: 'there is none' }
    const { events } = await trained({ backend: TE.left(broken) })
    expect(events).toEqual([
      {
        _tag: 'Failed',
        epoch: 1,
        step: 0,
        error: { _tag: 'BackendFailed', message: 'gpu: there is none', cause: broken },
      },
    ])
  })
})
