export { gpu, type GpuOptions } from './backends/gpu/gpu.js'
export type { GpuMode } from './backends/gpu/library.js'
