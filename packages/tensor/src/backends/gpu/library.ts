import type { Tiling } from './kernels/tiles.js'
import type { NativeFunction } from './kernels/writer.js'
import type { Argument, GpuInstance, Handle, KernelFunction, Result } from '#gpu.js'

/** Where kernels run: a graphics processor through WebGPU or WebGL 2, or gpu.js's own two ways on the CPU, which are for tests. */
export type GpuMode = 'webgpu' | 'webgl2' | 'webasm' | 'cpu'

/** A value on the device: a handle to a buffer or a texture, or an array in the modes that run on the CPU. */
export type DeviceArray = Result

/** A kernel with an output of its own, which its next run overwrites. */
export interface Kernel {
  run(args: readonly Argument[]): Promise<DeviceArray>
  release(): void
}

export interface KernelSource {
  readonly source: string
  /** Threads in a row, and rows where there are several. */
  readonly output: readonly number[]
  readonly natives?: readonly NativeFunction[]
}

/** The one place that knows gpu.js. */
export interface Device {
  readonly mode: GpuMode
  /** Whether values stay on a device, apart from the host's. */
  readonly isApart: boolean
  /** How products are computed several elements at a time; `undefined` where one thread gives one. */
  readonly tiling: Tiling | undefined
  /** Makes a kernel; what is wrong with its text shows when it first runs. */
  kernel(text: KernelSource): Kernel
  read(array: DeviceArray): Promise<Float32Array>
  /**
   * Runs work and waits for what the device has to say about it. Drivers report some errors beside the calls that they belong to, and leave
   * zeros behind.
   * @throws Error with the driver's message.
   */
  watched<A>(work: () => Promise<A>): Promise<A>
  /** Whether the device is gone, and with it all that it held. */
  isLost(): boolean
}

/** The mode asked for is not there; the message says why. */
export class UnavailableError extends Error {}

/** The classes of gpu.js's kernels. */
const kinds = {
  webgpu: 'WebGPUKernel',
  webgl2: 'WebGL2Kernel',
  webasm: 'WebAssemblyKernel',
  cpu: 'CPUKernel',
} as const

const isHandle = (result: Result): result is Handle => 'toArray' in result

/** A buffer of several numbers from each thread as the numbers one after the other, which is how they stand in it. */
const inOneRow = (handle: Handle): Handle => {
  const { componentCount = 1, output } = handle
  return componentCount === 1
    ? handle
    : Object.assign(handle, {
        componentCount: 1,
        output: [output.reduce((size, n) => size * n, componentCount)],
      })
}

/** gpu.js falls back in silence: `kind` is the class that a kernel of the mode must have. */
const kernelOn = (
  gpu: GpuInstance,
  mode: GpuMode,
  kind: unknown,
  isApart: boolean,
  built: Set<KernelFunction>,
) => {
  const prepare = ({ source, output, natives = [] }: KernelSource): KernelFunction =>
    gpu.createKernel(source, {
      output,
      nativeFunctions: natives,
      pipeline: isApart,
      precision: 'single',
      // Loops stand in the text with their bounds; what gpu.js counts by itself must not stop them.
      loopMaxIterations: 2 ** 24,
      fixIntegerDivisionAccuracy: false,
    })
  return (text: KernelSource): Kernel => {
    const shortcut = prepare(text)
    let held: Handle | undefined
    return {
      run: async args => {
        const result = await shortcut(...args)
        if (!built.has(shortcut)) {
          built.add(shortcut)
          const { constructor, fallbackReason } = shortcut.kernel
          if (constructor !== kind)
            throw new Error(
              `gpu.js did not run a kernel as ${mode}: ${fallbackReason ?? 'it fell back without a reason'}`,
            )
        }
        if (isHandle(result)) {
          // Each run counts one more holder of the same buffer; one is enough.
          if (held === undefined) held = mode === 'webgpu' ? inOneRow(result) : result
          else if (held !== result) result.delete()
          return held
        }
        return result
      },
      release: () => {
        if (mode === 'webgpu') held?.delete()
        held = undefined
        built.delete(shortcut)
        shortcut.destroy()
      },
    }
  }
}

const tilingOf = (mode: GpuMode, widest: number): Tiling | undefined =>
  mode === 'webgpu' ? { held: 'in buffers' } : mode === 'webgl2' ? { held: 'in textures', widest } : undefined

/**
 * Loads gpu.js and opens a device.
 * @throws UnavailableError when there is none of this mode.
 */
export const openDevice = async (mode: GpuMode): Promise<Device> => {
  const { default: library } = await import('#gpu.js')
  const { GPU } = library
  if (mode === 'webgpu' && !(await GPU.isWebGPUAvailable()))
    throw new UnavailableError(
      'no WebGPU adapter; the browser has it switched off, or there is no driver that it trusts',
    )
  let gpu: GpuInstance
  try {
    gpu = new GPU({ mode })
  } catch (cause) {
    throw new UnavailableError(
      `gpu.js has no mode ${mode} here: ${cause instanceof Error ? cause.message : String(cause)}`,
    )
  }
  const isApart = mode === 'webgpu' || mode === 'webgl2'
  const built = new Set<KernelFunction>()
  const errorScopes = mode === 'webgpu' ? (await library.WebGPUContext.acquire()).device : undefined
  const firstContext = () => {
    const [some] = built
    return some?.kernel.context
  }
  return {
    mode,
    isApart,
    tiling: tilingOf(mode, library.WebGL2Kernel.features?.maxTextureSize ?? 0),
    kernel: kernelOn(gpu, mode, library[kinds[mode]], isApart, built),
    read: async array => (isHandle(array) ? array.toArray() : array),
    watched: async work => {
      errorScopes?.pushErrorScope('validation')
      errorScopes?.pushErrorScope('out-of-memory')
      const outcome = await work().then(
        value => ({ value }),
        (cause: unknown) => ({ cause }),
      )
      const errors = [await errorScopes?.popErrorScope(), await errorScopes?.popErrorScope()]
      const error = errors.find(found => found)
      if (error) throw new Error(`the driver reports: ${error.message}`)
      if ('cause' in outcome) throw outcome.cause
      const code = firstContext()?.getError?.() ?? 0
      if (code !== 0)
        throw new Error(
          `WebGL reports error 0x${code.toString(16)}${code === 0x505 ? ', out of memory' : ''}`,
        )
      return outcome.value
    },
    isLost: () => {
      const context = firstContext()
      return context?.isLost === true || context?.isContextLost?.() === true
    },
  }
}
