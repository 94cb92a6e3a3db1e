import { gpu } from '@elbo/tensor/gpu'
import { conformance } from './conformance.js'
import { tolerances } from './tolerances.js'

for (const mode of ['webasm', 'cpu'] as const)
  conformance(`gpu.js, mode ${mode}`, () => gpu({ mode }), {
    executed: { backend: 'gpu', threads: 1, mode },
    tolerance: tolerances[mode],
    randomPrograms: false,
  })
