import { afterAll, beforeAll, expect } from '@jest/globals'
import { Worker } from 'node:worker_threads'
import { inflateRawSync } from 'node:zlib'
import type { HostArray } from '../../graph/dtype.js'
import type { Pass } from './code/pass.js'
import { passesModule } from './code/passes.js'
import { kernels } from './kernels.generated.js'
import type { Run } from './link.js'
import { END, FIRST_PASS } from './opcodes.js'
import { BARRIER_WORDS, RESERVED_BYTES, THREAD_WORDS } from './scratch.js'

/**
 * What the tests of the kernels stand on: memory, and commands written by hand that run on one thread and on two, which must agree bit for
 * bit. Importing this starts and stops the second thread around the tests of a file.
 */

export const bytes = Uint8Array.from(inflateRawSync(Buffer.from(kernels, 'base64')))
const memory = new WebAssembly.Memory({ initial: 1024, maximum: 65536, shared: true })
const words = new Int32Array(memory.buffer)
const floats = new Float32Array(memory.buffer)
export const barrier = RESERVED_BYTES
export const scratch = barrier + BARRIER_WORDS * 4
export const scratchBytes = 4 * THREAD_WORDS
const arena = scratch + 2 * scratchBytes
export const guard = 0x7fc0dead

let exports: WebAssembly.Exports
let companion: Worker

/** Enters passes into the kernels' table, in place of those before. */
const enter = (module: Uint8Array<ArrayBuffer>, count: number): void => {
  const table = exports['table'] as WebAssembly.Table
  if (table.length < FIRST_PASS + count) table.grow(FIRST_PASS + count - table.length)
  new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory }, kernels: exports })
}

beforeAll(async () => {
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } })
  exports = instance.exports
  companion = new Worker(
    `const { parentPort, workerData: { bytes, memory, rest } } = require('node:worker_threads')
     const kernels = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports
     parentPort.on('message', ({ plan, passes, least }) => {
       if (kernels.table.length < least) kernels.table.grow(least - kernels.table.length)
       if (passes) new WebAssembly.Instance(new WebAssembly.Module(passes), { env: { memory }, kernels })
       kernels.run(plan, 1, 2, ...rest)
     })
     parentPort.postMessage('ready')`,
    { eval: true, workerData: { bytes, memory, rest: [barrier, scratch, scratchBytes, 1] } },
  )
  await new Promise(resolve => companion.once('message', resolve))
})
afterAll(() => companion.terminate())

/** Hands out memory: data to read, and room to write between guards. */
class Arena {
  #next = arena
  readonly #outputs: { readonly at: number; readonly count: number }[] = []
  readonly passes: Pass[] = []

  /** The number of a pass. */
  pass(pass: Pass): number {
    return this.passes.push(pass) - 1
  }

  take(count: number): number {
    const at = this.#next + 64
    this.#next = (at + 4 * count + 79) & ~15
    if (this.#next > memory.buffer.byteLength) throw new Error('the test memory is too small')
    words.fill(guard, at / 4 - 4, this.#next / 4)
    return at
  }

  /** Elements as words: booleans take one each. Moved off the 16-byte grid by `shift` words. */
  put(data: HostArray | readonly number[], shift = 0): number {
    const at = this.take(data.length + shift) + 4 * shift
    const target = data instanceof Float32Array || Array.isArray(data) ? floats : words
    target.set(data, at / 4)
    return at
  }

  output(count: number, at = this.take(count)): number {
    this.#outputs.push({ at, count })
    return at
  }

  results(): Int32Array[] {
    return this.#outputs.map(({ at, count }) => {
      expect([words[at / 4 - 1], words[at / 4 + count]]).toEqual([guard, guard])
      return words.slice(at / 4, at / 4 + count)
    })
  }
}

type Build = (arena: Arena) => readonly (readonly number[])[]

export const command = (opcode: number, ...args: readonly number[]): number[] => [
  opcode,
  args.length + 2,
  ...args,
]

const attempt = (build: Build, threads: 1 | 2): Int32Array[] => {
  const arena = new Arena()
  const plan = arena.put(Int32Array.from([...build(arena).flat(), END, 2]))
  const count = arena.passes.length
  const passes = count === 0 ? undefined : passesModule(arena.passes, true)
  if (passes !== undefined) enter(passes, count)
  if (threads === 2) companion.postMessage({ plan, passes, least: FIRST_PASS + count })
  const run = exports['run'] as Run
  run(plan, 0, threads, barrier, scratch, scratchBytes, 1)
  return arena.results()
}

/** As toEqual, which here takes a microsecond for each element. */
export const exactly = (actual: ArrayLike<number>, expected: ArrayLike<number>): void => {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i]))
      throw new Error(`element ${i} of ${expected.length}: ${actual[i]}, expected ${expected[i]}`)
  }
}

/** The outputs of the commands, as words. */
export const outputs = (build: Build): Int32Array[] => {
  const alone = attempt(build, 1)
  attempt(build, 2).forEach((result, i) => exactly(result, alone[i]))
  return alone
}

export const asFloats = (result: Int32Array): Float32Array => new Float32Array(result.buffer)

/** Equal, or no further apart than `tolerance` times the expected element or `scale`, whichever is larger. */
export const close = (
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 1e-6,
  scale = 1,
): void => {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i], Math.fround(expected[i])]
    if (Object.is(a, e) || Math.abs(a - e) <= tolerance * Math.max(scale, Math.abs(e))) continue
    throw new Error(`element ${i} of ${expected.length}: ${a}, expected ${e}`)
  }
}

/** Numbers in [−1, 1), scattered by a hash. */
export const noise = (count: number, seed = 1): Float32Array => {
  const data = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    const word = Math.imul(i + seed * 0x632be5ab, 0x9e3779b1)
    data[i] = Math.imul(word ^ (word >>> 15), 0x85ebca6b) / 2 ** 31
  }
  return data
}

/** The word that holds a number in single precision. */
export const bitsOf = (x: number): number => new Int32Array(Float32Array.of(x).buffer)[0]
export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
/** The strides of a contiguous array. */
export const rowMajor = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => size(shape.slice(axis + 1)))

/** Calls back for every position: its row-major number and its offsets under each list of strides. */
export const visit = (
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  each: (flat: number, at: number[]) => void,
): void => {
  const steps = rowMajor(shape)
  const count = size(shape)
  const at = strides.map(() => 0)
  for (let flat = 0; flat < count; flat++) {
    at.fill(0)
    for (let axis = 0; axis < shape.length; axis++) {
      const index = Math.floor(flat / steps[axis]) % shape[axis]
      for (let list = 0; list < at.length; list++) at[list] += index * strides[list][axis]
    }
    each(flat, at)
  }
}
