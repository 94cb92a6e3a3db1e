import { sizeOf } from '../../shape/index.js'
import { expect } from '@jest/globals'
import { hostArray } from '../../graph/dtype.js'
import type { NDArray } from '../../graph/ndarray.js'
import type { Spec, AnyTensor } from '../../graph/tensor.js'
import { placeholder } from '../../primitives/leaves.js'
import { flatten } from '../../program/flatten.js'
import { optimise } from '../../program/optimise.js'
import type { Program } from '../../program/program.js'
import type { Backend, Session } from '../../runtime/backend.js'
import { run } from '../../runtime/run.js'
import { reference } from '../reference/reference.js'
import { cpu, type CpuOptions } from './cpu.js'

/** A small generator of test data: the same numbers every time. */
export const numbers = (seed: number) => {
  let state = (seed * 2654435761) >>> 0 || 1
  return (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}

/** Host data of a spec: f32 in (−2, 2), i32 in −50 … 50, any u32, either bool. */
export const dataOf = ({ shape, dtype }: Spec, seed: number): NDArray => {
  const next = numbers(seed + 1)
  const data = hostArray(dtype, sizeOf(shape))
  for (let i = 0; i < data.length; i++) {
    const u = next()
    data[i] =
      dtype === 'f32'
        ? 4 * u - 2
        : dtype === 'i32'
          ? Math.floor(101 * u) - 50
          : dtype === 'u32'
            ? Math.floor(u * 2 ** 32)
            : u < 0.5
              ? 0
              : 1
  }
  return { shape, dtype, data }
}

export const f32 = (...shape: number[]): Spec => ({ shape, dtype: 'f32' })
export const i32 = (...shape: number[]): Spec => ({ shape, dtype: 'i32' })
export const u32 = (...shape: number[]): Spec => ({ shape, dtype: 'u32' })
export const bool = (...shape: number[]): Spec => ({ shape, dtype: 'bool' })

/** A function of tensors as a program without state. */
export const programOf = (
  specs: readonly Spec[],
  build: (...inputs: AnyTensor[]) => readonly AnyTensor[],
): Program => {
  const inputs = specs.map(({ shape, dtype }, i) => placeholder(shape, dtype, `input ${i}`))
  return flatten({ state: [], inputs, nextState: [], outputs: build(...inputs) })
}

/** Opens a program, takes one step for each list of inputs, and yields all outputs and the last state. */
export const play = async (
  backend: Backend,
  program: Program,
  state: readonly NDArray[],
  steps: readonly (readonly NDArray[])[],
): Promise<NDArray[]> => {
  const session: Session = await run(backend.open(program, state))
  expect(session.executed.fallbackReason).toBeUndefined()
  const seen: NDArray[] = []
  for (const inputs of steps) seen.push(...(await run(session.step(inputs))))
  seen.push(...(await run(session.state)))
  await run(session.dispose)
  return seen
}

/** All there is to know of an array, as text: comparing nested values element by element is slow. */
const bits = ({ data, shape, dtype }: NDArray): string =>
  `${dtype}[${shape.join()}] ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`

const agree = (made: NDArray, meant: NDArray, tolerance: number): void => {
  expect(made.shape).toEqual(meant.shape)
  expect(made.dtype).toBe(meant.dtype)
  expect(made.data.length).toBe(meant.data.length)
  meant.data.forEach((value, i) => {
    const got = made.data[i]
    const isClose =
      Object.is(got, value) || got === value || Math.abs(got - value) <= tolerance * (1 + Math.abs(value))
    if (!isClose) expect({ i, got }).toEqual({ i, got: value })
  })
}

const backend = (options: CpuOptions): Promise<Backend> => run(cpu({ leastWork: 0, ...options }))

/**
 * Runs a program in every way of the CPU backend: with and without the optimiser's passes, sharing of memory and a second thread. Of one
 * program every way must yield the same bits; all must agree with the reference interpreter.
 */
export const agreesWithReference = async (
  program: Program,
  {
    tolerance = 2e-6,
    state = [],
    steps,
  }: {
    readonly tolerance?: number
    readonly state?: readonly NDArray[]
    readonly steps?: readonly (readonly NDArray[])[]
  } = {},
): Promise<void> => {
  const specs = program.values.slice(program.state, program.state + program.inputs)
  const given = steps ?? [specs.map(dataOf)]
  const meant = await play(await run(reference()), program, state, given)
  for (const variant of [program, optimise(program)]) {
    const made = await play(await backend({ threads: 1 }), variant, state, given)
    made.forEach((value, i) => agree(value, meant[i], tolerance))
    // Starting threads takes longer than all the rest: one of the two variants must do.
    const threads = variant === program ? 1 : 2
    for (const options of [{ threads: 1, reuse: false }, { threads }]) {
      const other = await play(await backend(options), variant, state, given)
      expect(other.map(bits)).toEqual(made.map(bits))
    }
  }
}
