import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { NDArray } from '../graph/ndarray.js'
import type { Program } from '../program/program.js'

/** What can go wrong between a program and a device. Each says what happened, where, and what to do. */
export type BackendError =
  | { readonly _tag: 'Unavailable'; readonly backend: string; readonly message: string }
  | {
      readonly _tag: 'OutOfMemory'
      readonly backend: string
      readonly bytes: number
      readonly message: string
    }
  | { readonly _tag: 'BadInput'; readonly backend: string; readonly message: string }
  | { readonly _tag: 'Disposed'; readonly backend: string; readonly message: string }
  | { readonly _tag: 'Failed'; readonly backend: string; readonly message: string; readonly cause?: unknown }

/** What really runs, and why it is not what was asked for. */
export interface Executed {
  readonly backend: string
  readonly threads: number
  /** Of a GPU backend: the interface to the device that its kernels went through. */
  readonly mode?: string
  readonly fallbackReason?: string
  /** Primitives of the program that the device cannot compute and the host does, by name: each costs an exchange of data. */
  readonly onHost?: readonly string[]
}

/** A program opened on a device. Its state stays there between steps. */
export interface Session {
  readonly executed: Executed
  /** Runs one step on host inputs (in the program's order) and reads back the outputs. The arrays are the caller's to keep. */
  step(inputs: readonly NDArray[]): TaskEither<BackendError, readonly NDArray[]>
  /** A copy of the present state. */
  readonly state: TaskEither<BackendError, readonly NDArray[]>
  /** Frees the device's memory and threads; later calls are a `Left`. Safe to call twice. */
  readonly dispose: TaskEither<BackendError, void>
}

/** An interpreter of programs. */
export interface Backend {
  readonly name: string
  open(program: Program, state: readonly NDArray[]): TaskEither<BackendError, Session>
}
