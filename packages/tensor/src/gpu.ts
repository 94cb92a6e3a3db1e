export { best, type BestOptions } from './backends/gpu/best.js'
export { gpu, type GpuOptions } from './backends/gpu/gpu.js'
export type { GpuMode } from './backends/gpu/library.js'
