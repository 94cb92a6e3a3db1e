import { conformance, tolerances } from '@elbo/conformance'
import { gpu, type GpuMode } from '@elbo/tensor/gpu'
import { runTests } from './jest-globals.js'

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
}

export type Works = typeof works

Object.assign(globalThis, { elbo: works })
document.title = 'ready'
