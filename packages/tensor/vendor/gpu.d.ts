/** What the GPU backend uses of gpu.js: its own types want the DOM library and leave settings out. */

export interface KernelSettings {
  readonly output: readonly number[]
  readonly pipeline: boolean
  readonly precision: 'single'
  readonly loopMaxIterations: number
  readonly fixIntegerDivisionAccuracy: boolean
  readonly nativeFunctions: readonly {
    readonly name: string
    readonly source: string
    readonly returnType: string
    readonly argumentTypes: Readonly<Record<string, string>>
  }[]
}

/** A result that stays on the device. */
export interface Handle {
  readonly output: readonly number[]
  /** Numbers from each thread, in WebGPU. */
  readonly componentCount?: number
  readonly toArray: () => Float32Array | Promise<Float32Array>
  readonly delete: () => void
}

export type Argument = Float32Array | Handle
export type Result = Float32Array | Handle

export interface BuiltKernel {
  /** One of the classes below. */
  readonly constructor: unknown
  /** A WebGL context, or what the WebGPU kernels share. */
  readonly context?: {
    readonly isLost?: boolean
    readonly isContextLost?: () => boolean
    readonly getError?: () => number
  } | null
  readonly fallbackReason?: string | null
}

export interface KernelFunction {
  (...args: readonly Argument[]): Result | Promise<Result>
  readonly kernel: BuiltKernel
  readonly destroy: () => void
}

export interface GpuInstance {
  readonly createKernel: (source: string, settings: KernelSettings) => KernelFunction
  readonly destroy: () => Promise<void>
}

/** What is used of a WebGPU device directly. */
export interface ErrorScopes {
  readonly pushErrorScope: (filter: 'validation' | 'out-of-memory') => void
  readonly popErrorScope: () => Promise<{ readonly message: string } | null>
}

declare const library: {
  readonly WebGPUKernel: unknown
  readonly WebGL2Kernel: { readonly features?: { readonly maxTextureSize: number } | null }
  readonly WebAssemblyKernel: unknown
  readonly CPUKernel: unknown
  readonly GPU: (new (settings: { readonly mode: string }) => GpuInstance) & {
    readonly isWebGPUAvailable: () => Promise<boolean>
  }
  readonly WebGPUContext: {
    readonly acquire: () => Promise<{ readonly device: ErrorScopes }>
  }
}
export default library
