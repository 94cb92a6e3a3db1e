import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backend, BackendError } from '../../runtime/backend.js'
import { openInstance } from './instance.js'
import { kernels } from './kernels.js'
import { parallelism, whyUnshared } from './threads.js'

export interface CpuOptions {
  /** Threads that carry out a step together, the caller's among them. As many as the machine runs at once, up to 8, unless told. */
  readonly threads?: number
  /** Whether values that are not live at once share memory (true). Without, every value has a place of its own: for tests. */
  readonly reuse?: boolean
  /** Programs with fewer microseconds of work that threads could share, by estimate, run on one (200). */
  readonly leastWork?: number
}

/**
 * The embedded backend: WebAssembly SIMD kernels on the CPU, on one thread or on several over one shared memory. Results are the same to
 * the bit whatever the number of threads. A step runs to its end on the caller's thread before `step` resolves.
 * @throws RangeError when `threads` is not a whole number from 1.
 */
export const cpu = ({ threads, reuse = true, leastWork = 200 }: CpuOptions = {}): TaskEither<
  BackendError,
  Backend
> => {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`cpu: threads: ${threads} is not a whole number from 1`)
  }
  return async () => {
    try {
      await kernels.module(whyUnshared() === undefined)
    } catch (cause) {
      const message = `WebAssembly with SIMD is needed and does not work here: ${cause instanceof Error ? cause.message : String(cause)}`
      return E.left({ _tag: 'Unavailable', backend: 'cpu', message })
    }
    const options = { threads: threads ?? Math.min(8, parallelism()), reuse, leastWork: 1000 * leastWork }
    return E.right({ name: 'cpu', open: openInstance(kernels, options) })
  }
}
