import { gpu } from '@elbo/tensor/gpu'
import { over } from '../src/contestants/elbo.js'

const training = ['vae', 'gru', 'denoiser', 'conv']

/** A training step ends with its loss. Any other would be queued and not waited for: its result is read back, whoever computes it. */
const ending = prepare => async task => {
  const contestant = await prepare(task)
  const { step, result } = contestant
  if (training.includes(task.kind) || result === undefined) return contestant
  const whole = async () => {
    await step()
    await result()
  }
  return { ...contestant, step: whole }
}

const contestants = {
  'elbo-gpu-webgpu': () => ending(over(() => gpu({ mode: 'webgpu' }))),
  'elbo-gpu-webgl2': () => ending(over(() => gpu({ mode: 'webgl2' }))),
  // Loaded only where asked for: the peers take their time.
  'tfjs-webgpu': () =>
    import('../src/contestants/tfjs.js').then(({ over: inTfjs }) => ending(inTfjs('webgpu'))),
  'tfjs-webgl': () =>
    import('../src/contestants/tfjs.js').then(({ over: inTfjs }) => ending(inTfjs('webgl'))),
}

const unpacked = text => new Float32Array(Uint8Array.from(atob(text), letter => letter.charCodeAt(0)).buffer)

let contestant

globalThis.contest = {
  prepare: async (name, { arrays, ...task }) => {
    const prepare = await contestants[name]()
    const given = Object.fromEntries(
      Object.entries(arrays).map(([key, { shape, packed }]) => [key, { shape, data: unpacked(packed) }]),
    )
    contestant = await prepare({ ...task, arrays: given })
    const { cannot, note, result } = contestant
    return { cannot, note, hasResult: result !== undefined }
  },
  step: () => contestant.step(),
  result: async () => Array.from(await contestant.result()),
}
globalThis.document.title = 'ready'
