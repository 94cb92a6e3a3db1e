import type { GpuMode } from '@elbo/tensor/gpu'
import type { Tolerance } from './agreement.js'

/**
 * What each way to a GPU may do besides what the rows admit. Arithmetic on the CPU is IEEE 754's. On a GPU a division may be off by 2.5 units
 * (WGSL, "Floating point accuracy"), and subnormal numbers may read 0; NaN, infinities and all else are as everywhere.
 */
export const tolerances: Readonly<Record<GpuMode, Tolerance>> = {
  webgpu: { ulps: 3, flushes: true },
  webgl2: { ulps: 3, flushes: true },
  webasm: { ulps: 0, flushes: false },
  cpu: { ulps: 0, flushes: false },
}
