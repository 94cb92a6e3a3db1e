import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backend, BackendError } from '../../runtime/backend.js'
import { cpu } from '../cpu/cpu.js'
import { openDevice, UnavailableError, type Device, type GpuMode } from './library.js'
import { backendName, openSession } from './session.js'

export interface GpuOptions {
  /**
   * How kernels reach the device: `webgpu`, `webgl2`, or gpu.js's own CPU modes `webasm` and `cpu`, which are for tests. What is asked for is
   * what runs, or the result is a `Left`; `best` chooses.
   */
  readonly mode: GpuMode
  /** Threads of the CPU backend, which runs what the device cannot (1). */
  readonly threads?: number
}

const deviceOf = (mode: GpuMode): TaskEither<BackendError, Device> =>
  TE.tryCatch(
    () => openDevice(mode),
    (cause): BackendError => ({
      _tag: cause instanceof UnavailableError ? 'Unavailable' : 'Failed',
      backend: backendName,
      message: `${mode}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    }),
  )

/** A device of a mode together with the CPU backend. */
export const openGpu = (mode: GpuMode, threads: number): TaskEither<BackendError, Backend> =>
  pipe(
    TE.Do,
    TE.apS('device', deviceOf(mode)),
    TE.bind('host', () => cpu({ threads })),
    TE.map(places => ({
      name: backendName,
      open: openSession(places, { backend: backendName, threads, mode }),
    })),
  )

/**
 * A GPU, through gpu.js, which is loaded when this runs. Kernels compute in single precision: their results agree with other backends' to
 * tolerances, not to the bit, and subnormal numbers may read 0. Random draws are the same numbers everywhere, because the host makes them;
 * `executed.onHost` names all that it does.
 */
export const gpu = ({ mode, threads = 1 }: GpuOptions): TaskEither<BackendError, Backend> =>
  openGpu(mode, threads)
