import { conformance, tolerances } from '@elbo/conformance'
import { fashionMnist, imageSource } from '@elbo/datasets'
import { cpu, run, type Backend, type BackendError } from '@elbo/tensor'
import { best, gpu, type GpuMode } from '@elbo/tensor/gpu'
import { trainVae, type TrainVaeOptions, type VaeCheckpoint } from '@elbo/vae'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { runTests } from './jest-globals.js'
import { spoil, watchDevices } from './devices.js'

const devices = watchDevices()

type Place = GpuMode | 'cpu backend' | 'best'

const backendOf = (place: Place): TaskEither<BackendError, Backend> =>
  place === 'cpu backend' ? cpu({ threads: 1 }) : place === 'best' ? best() : gpu({ mode: place })

/** A model for pictures of 4 × 3 pixels, for runs of which only the number of steps matters. */
const small = (place: Place, steps: number): TrainVaeOptions => {
  const pictures = (count: number) =>
    imageSource({
      data: Uint8Array.from({ length: 12 * count }, (_, i) => (i * 7919) % 256),
      shape: [count, 4, 3] as const,
    })
  return {
    dataset: { train: pictures(8 * steps), test: pictures(8) },
    seed: 3,
    epochs: 1,
    backend: backendOf(place),
    configuration: { image: [4, 3], encoder: { kind: 'mlp', hidden: [7] }, latent: 2 },
    batchSize: 8,
  }
}

interface PageMemory {
  readonly gc?: () => void
  readonly performance: { readonly memory?: { readonly usedJSHeapSize: number } }
}

/** What is alive: on the device, and in JavaScript's heap after a collection, in bytes. */
const alive = () => {
  const { gc, performance } = globalThis as unknown as PageMemory
  gc?.()
  return { ...devices.live, heap: performance.memory?.usedJSHeapSize ?? NaN }
}

const works = {
  conformance: (mode: GpuMode) =>
    runTests(() =>
      conformance(mode, () => gpu({ mode }), {
        executed: { backend: 'gpu', threads: 1, mode },
        tolerance: tolerances[mode],
        everyWay: mode !== 'webgl2',
        randomPrograms: false,
      }),
    ),

  /** Trains the VAE of the README for one epoch on the embedded images: the test ELBO in nats, and what ran. */
  vae: async (place: Place) => {
    const images = await run(fashionMnist())
    const training = trainVae({
      dataset: { train: imageSource(images.train.images), test: imageSource(images.test.images) },
      seed: 1,
      epochs: 1,
      backend: backendOf(place),
    })
    let elbo = NaN
    for await (const event of training) {
      if (event._tag === 'Epoch') elbo = event.test['elbo']
      if (event._tag === 'Failed') throw new Error(event.error.message)
    }
    return { elbo, executed: training.executed() }
  },

  /** What is alive after a tenth of the steps, and after all of them. */
  memory: async (place: Place, steps: number) => {
    const counts: ReturnType<typeof alive>[] = []
    for await (const event of trainVae(small(place, steps))) {
      if (event._tag === 'Failed') throw new Error(event.error.message)
      if (event._tag === 'Step' && (event.step === steps / 10 || event.step === steps)) counts.push(alive())
    }
    return counts
  },

  /** Loses the device in the middle of training, and goes on from the last state on the CPU. */
  loss: async (mode: 'webgpu' | 'webgl2') => {
    const options = { ...small(mode, 20), checkpointEvery: 5 }
    const first = trainVae(options)
    let failure = ''
    for await (const event of first) {
      if (event._tag === 'Step' && event.step === 12) devices.lose()
      if (event._tag === 'Failed') failure = event.error.message
    }
    const latest = first.latest()
    if (latest === undefined) throw new Error('no state was kept')
    const resume = { ...latest, file: 'memory' } as VaeCheckpoint
    const second = trainVae({ ...options, backend: backendOf('cpu backend'), resume })
    let end = ''
    for await (const event of second) if (event._tag === 'Stopped') end = event.reason
    return { failure, from: resume.cursor, end, executed: second.executed()?.backend }
  },

  /** What `best` chooses here, and why, where the drivers of some modes compute wrong. */
  best: async (wrong: readonly ('webgpu' | 'webgl2')[]) => {
    const mended = wrong.map(spoil)
    try {
      const training = trainVae(small('best', 1))
      for await (const event of training) if (event._tag === 'Failed') throw new Error(event.error.message)
      return training.executed()
    } finally {
      mended.forEach(mend => mend())
    }
  },
}

export type Works = typeof works

Object.assign(globalThis, { elbo: works })
document.title = 'ready'
