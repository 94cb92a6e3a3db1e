import { sizeOf } from '../../shape/index.js'
import { hostArray } from '../../graph/dtype.js'
import type { NDArray } from '../../graph/ndarray.js'
import type { Spec } from '../../graph/tensor.js'
import { planMemory, type Plan } from '../../program/plan.js'
import type { Program } from '../../program/program.js'
import { lower, planHooks, type Lowered } from './lower.js'
import { BARRIER_WORDS, RESERVED_BYTES, THREAD_WORDS } from './scratch.js'

/** A line of the processor's cache, in bytes: what different threads write stands on different ones. */
const line = 64
const toLine = (bytes: number): number => Math.ceil(bytes / line) * line

/** Words by which the threads agree: see threads.ts. */
const controlLines = 4

/** How linear memory is laid out: the kernels' own tables, the barrier, control words, values, the threads' scratch, the commands. */
export interface Layout {
  readonly plan: Plan
  readonly lowered: Lowered
  readonly barrier: number
  readonly control: number
  readonly scratch: number
  readonly scratchBytes: number
  readonly commands: number
  readonly bytes: number
}

/** Plans and lowers a program for so many threads. */
export const layOut = (program: Program, threads: number, reuse: boolean): Layout => {
  const barrier = toLine(RESERVED_BYTES)
  const control = barrier + toLine(4 * BARRIER_WORDS)
  const plan = planMemory(program, planHooks, { alignment: line, base: control + controlLines * line, reuse })
  const lowered = lower(program, plan)
  const scratch = toLine(plan.end)
  const scratchBytes = toLine(4 * Math.max(THREAD_WORDS, lowered.threadWords))
  const commands = scratch + threads * scratchBytes
  return {
    plan,
    lowered,
    barrier,
    control,
    scratch,
    scratchBytes,
    commands,
    bytes: commands + 4 * lowered.words.length,
  }
}

/** The window on one value in linear memory. */
export interface Window {
  write(value: NDArray): void
  /** A copy. */
  read(): NDArray
}

export const windowOn = (buffer: ArrayBufferLike, address: number, { shape, dtype }: Spec): Window => {
  const size = sizeOf(shape)
  // An empty value may have no address at all.
  const at = size === 0 ? 0 : address
  if (dtype === 'bool') {
    const words = new Int32Array(buffer, at, size)
    return {
      write: ({ data }) => {
        for (let i = 0; i < size; i++) words[i] = data[i] === 0 ? 0 : 1
      },
      read: () => ({ data: hostArray('bool', size).map((_, i) => words[i]), shape, dtype }),
    }
  }
  const view =
    dtype === 'f32'
      ? new Float32Array(buffer, at, size)
      : dtype === 'i32'
        ? new Int32Array(buffer, at, size)
        : new Uint32Array(buffer, at, size)
  return { write: ({ data }) => view.set(data), read: () => ({ data: view.slice(), shape, dtype }) }
}

/** Writes what a program needs before its first step. */
export const fillMemory = (
  buffer: ArrayBufferLike,
  { plan, lowered, commands }: Layout,
  program: Program,
  state: readonly NDArray[],
): void => {
  new Int32Array(buffer, commands, lowered.words.length).set(lowered.words)
  for (const { address, value } of lowered.constants) windowOn(buffer, address, value).write(value)
  state.forEach((value, i) => windowOn(buffer, plan.slots[i], program.values[i]).write(value))
}
