import { gpu } from '@elbo/tensor/gpu'
import { conformance } from './conformance.js'
import { installWebGpu } from './dawn.js'
import { tolerances } from './tolerances.js'

installWebGpu()

conformance('WebGPU in Node', () => gpu({ mode: 'webgpu' }), {
  executed: { backend: 'gpu', threads: 1, mode: 'webgpu' },
  tolerance: tolerances.webgpu,
  randomPrograms: false,
})
