import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import { ndarray } from '../../graph/ndarray.js'
import { add, mul, neg } from '../../primitives/arithmetic.js'
import { placeholder } from '../../primitives/leaves.js'
import { matmul } from '../../primitives/matmul.js'
import { transpose } from '../../primitives/layout.js'
import { not } from '../../primitives/logic.js'
import { sum } from '../../primitives/reduce.js'
import { flatten } from '../../program/flatten.js'
import type { Program } from '../../program/program.js'
import { run } from '../../runtime/run.js'
import { agreesWithReference, bool, dataOf, f32, i32, play, programOf, u32 } from './comparison.testing.js'
import { cpu } from './cpu.js'
import { assemble } from './threads.js'

const one = programOf([f32(1)], x => [neg(x)])

/** (state, x) → (state + x, state). */
const counter = (n: number): Program => {
  const [state, x] = [placeholder([n], 'f32', 'state'), placeholder([n], 'f32', 'x')]
  return flatten({ state: [state], inputs: [x], nextState: [add(state, x)], outputs: [state] })
}

/** Enough products to be worth two threads. */
const heavy = (): Program =>
  programOf([f32(1, 200, 200)], x => {
    let y = x
    for (let i = 0; i < 4; i++) y = matmul(y, transpose(y, [0, 2, 1]))
    return [sum(y, [0, 1])]
  })

const left = async <A>(task: () => Promise<E.Either<unknown, A>>): Promise<unknown> => {
  const result = await task()
  return E.isLeft(result) ? result.left : undefined
}

describe('cpu', () => {
  it('opens, steps, and gives arrays that are the caller’s to keep', async () => {
    const session = await run((await run(cpu())).open(one, []))
    const [first] = await run(session.step([ndarray([3], [1])]))
    const [second] = await run(session.step([ndarray([4], [1])]))
    expect([...first.data, ...second.data]).toEqual([-3, -4])
    expect(Object.prototype.toString.call(first.data.buffer)).toBe('[object ArrayBuffer]')
    await run(session.dispose)
  })

  it('keeps its state between steps, apart from what it was opened with', async () => {
    const session = await run((await run(cpu({ threads: 1 }))).open(counter(2), [ndarray([1, 2], [2])]))
    const x = ndarray([10, 20], [2])
    expect([...(await run(session.step([x])))[0].data]).toEqual([1, 2])
    expect([...(await run(session.step([x])))[0].data]).toEqual([11, 22])
    expect([...(await run(session.state))[0].data]).toEqual([21, 42])
    await run(session.dispose)
  })

  it('takes and returns every element type', async () => {
    const program = programOf([f32(5), i32(5), u32(5), bool(5)], (a, b, c, d) => [a, b, c, d, not(d), neg(b)])
    await agreesWithReference(program)
    const session = await run((await run(cpu({ threads: 1 }))).open(program, []))
    // Any value of a byte is true.
    const given = { data: Uint8Array.of(0, 1, 2, 255, 0), shape: [5], dtype: 'bool' as const }
    const [, , , same, opposite] = await run(
      session.step([dataOf(f32(5), 0), dataOf(i32(5), 0), dataOf(u32(5), 0), given]),
    )
    expect([[...same.data], [...opposite.data]]).toEqual([
      [0, 1, 1, 1, 0],
      [1, 0, 0, 0, 1],
    ])
    await run(session.dispose)
  })

  it.each([
    ['a missing input', [], 'the program takes 1 input values, not 0'],
    ['another shape', [ndarray([1, 2], [2])], 'input 0 is f32[2]; the program takes f32[1]'],
    ['another element type', [ndarray([1], [1], 'i32')], 'input 0 is i32[1]; the program takes f32[1]'],
    [
      'too little data',
      [{ data: new Float32Array(0), shape: [1], dtype: 'f32' as const }],
      'input 0 is f32[1] but holds 0 elements',
    ],
  ])('refuses %s', async (_, inputs, message) => {
    const session = await run((await run(cpu({ threads: 1 }))).open(one, []))
    expect(await left(session.step(inputs))).toEqual({ _tag: 'BadInput', backend: 'cpu', message })
    // A refused step changes nothing.
    expect([...(await run(session.step([ndarray([5], [1])])))[0].data]).toEqual([-5])
    await run(session.dispose)
  })

  it('refuses a wrong state', async () => {
    expect(await left((await run(cpu({ threads: 1 }))).open(counter(2), []))).toMatchObject({
      _tag: 'BadInput',
    })
  })

  it('refuses a program that cannot be in memory', async () => {
    const program = programOf([f32(1)], x => [x])
    const big = { ...program, values: [f32(1 << 16, 1 << 15)] }
    expect(await left((await run(cpu({ threads: 1 }))).open(big, []))).toMatchObject({
      _tag: 'OutOfMemory',
      bytes: expect.any(Number),
    })
  })

  it('is a Left after dispose, which may be called twice', async () => {
    for (const threads of [1, 2]) {
      const session = await run(
        (await run(cpu({ threads, leastWork: 0 }))).open(counter(1), [ndarray([0], [1])]),
      )
      await run(session.dispose)
      await run(session.dispose)
      expect(await left(session.step([ndarray([0], [1])]))).toMatchObject({ _tag: 'Disposed' })
      expect(await left(session.state)).toMatchObject({ _tag: 'Disposed' })
    }
  })

  it('throws at a number of threads that is none', () => {
    expect(() => cpu({ threads: 0 })).toThrow(RangeError)
    expect(() => cpu({ threads: 1.5 })).toThrow('threads: 1.5')
  })

  it('uses memory as it stands, step after step', async () => {
    const session = await run(
      (await run(cpu({ threads: 2, leastWork: 0 }))).open(counter(1000), [dataOf(f32(1000), 1)]),
    )
    const x = dataOf(f32(1000), 2)
    const outside = async (steps: number): Promise<number> => {
      for (let i = 0; i < steps; i++) await run(session.step([x]))
      return process.memoryUsage().rss
    }
    const before = await outside(200)
    // 1,000 steps that each lost one copy of the 4 kB state would add 4 MB, and lost pages of 64 kB far more.
    expect((await outside(1000)) - before).toBeLessThan(40e6)
    await run(session.dispose)
  })

  it('lets go of memory that it is done with', async () => {
    const backend = await run(cpu({ threads: 1 }))
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    collect()
    const before = process.memoryUsage().rss
    for (let i = 0; i < 200; i++) {
      const session = await run(backend.open(counter(1 << 20), [dataOf(f32(1 << 20), 0)].slice(0, 1)))
      await run(session.dispose)
    }
    collect()
    await new Promise(resolve => setTimeout(resolve, 200))
    collect()
    // Kept, the memories of 200 sessions would be more than 2.4 GB. What ran before in this process does not count.
    expect(process.memoryUsage().rss - before).toBeLessThan(0.6e9)
  }, 60_000)
})

describe('threads', () => {
  it('yield the same bits whatever their number', async () => {
    const program = heavy()
    const inputs = [[dataOf(f32(1, 200, 200), 3)]]
    const results = await Promise.all(
      [1, 2, 3, 5].map(async threads => play(await run(cpu({ threads, leastWork: 0 })), program, [], inputs)),
    )
    for (const result of results) expect(result).toEqual(results[0])
  })

  it('are as many as were asked for, and for small programs one', async () => {
    const backend = await run(cpu({ threads: 3 }))
    const large = await run(backend.open(heavy(), []))
    expect(large.executed).toEqual({ backend: 'cpu', threads: 3 })
    const small = await run(backend.open(one, []))
    expect(small.executed).toEqual({
      backend: 'cpu',
      threads: 1,
      fallbackReason: expect.stringContaining('too little for 3 of them'),
    })
    await run(large.dispose)
    await run(small.dispose)
  })

  it('work for sessions side by side', async () => {
    const backend = await run(cpu({ threads: 2, leastWork: 0 }))
    const sessions = await Promise.all([1, 2, 3].map(n => run(backend.open(counter(n), [dataOf(f32(n), 0)]))))
    for (let i = 0; i < 20; i++) {
      for (const [n, session] of sessions.entries())
        await run(session.step([ndarray(new Float32Array(n + 1).fill(1), [n + 1])]))
    }
    for (const [n, session] of sessions.entries()) {
      const start = dataOf(f32(n + 1), 0).data
      expect([...(await run(session.state))[0].data][n]).toBeCloseTo(start[n] + 20, 4)
      await run(session.dispose)
    }
  })

  it('wake again after they have slept', async () => {
    const session = await run(
      (await run(cpu({ threads: 2, leastWork: 0 }))).open(counter(500), [dataOf(f32(500), 1)]),
    )
    for (let i = 0; i < 3; i++) {
      await new Promise(resolve => setTimeout(resolve, 30))
      await run(session.step([dataOf(f32(500), i)]))
    }
    await run(session.dispose)
  })

  it('that do not start are missed in words, and the session runs without them', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
    const job = { commands: 0, barrier: 1024, control: 2048, scratch: 4096, scratchBytes: 64 }
    // This module wants another import than a worker has.
    const kernels = await WebAssembly.compile(trapping.map(byte => (byte === 0x6f ? 0x75 : byte)))
    const modules = { kernels, count: 0 }
    const seen: number[] = []
    const crew = await assemble(3, (_, thread, threads) => seen.push(thread, threads), modules, memory, job)
    crew.work()
    await crew.stop()
    expect(seen).toEqual([0, 1])
    expect(crew.threads).toBe(1)
    expect(crew.shortage).toContain('2 of 2 worker threads did not start')
  })

  it('that trap make the step a Left, not a program that hangs', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
    const words = new Int32Array(memory.buffer)
    const job = { commands: 0, barrier: 1024, control: 2048, scratch: 4096, scratchBytes: 64 }
    // A module of (env.memory) whose run traps on threads other than 0, and meets the barrier three times on thread 0.
    const modules = { kernels: await WebAssembly.compile(trapping), count: 0 }
    const run = (_: number, __: number, threads: number, barrier: number): void => {
      for (let i = 0; i < 3; i++) {
        const generation = Atomics.load(words, barrier / 4 + 1)
        if (Atomics.add(words, barrier / 4, 1) === threads - 1) {
          Atomics.store(words, barrier / 4, 0)
          Atomics.store(words, barrier / 4 + 1, generation + 1)
          Atomics.notify(words, barrier / 4 + 1)
        } else
          while (Atomics.load(words, barrier / 4 + 1) === generation)
            Atomics.wait(words, barrier / 4 + 1, generation, 100)
      }
    }
    const crew = await assemble(2, run, modules, memory, job)
    expect(crew.threads).toBe(2)
    expect(() => crew.work()).toThrow('trapped on a worker thread')
    await crew.stop()
  })
})

/** (module (import "env" "memory" (memory 1 1 shared)) (func (export "run") (param i32 i32 i32 i32 i32 i32 i32) unreachable)) */
const trapping = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 11, 1, 0x60, 7, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0],
  ...[2, 16, 1, 3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 3, 1, 1],
  ...[3, 2, 1, 0],
  ...[7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 0],
  ...[10, 5, 1, 3, 0, 0, 0x0b],
])

describe('without shared memory', () => {
  afterEach(() => {
    jest.restoreAllMocks()
    Reflect.deleteProperty(globalThis, 'crossOriginIsolated')
  })

  it('runs on one thread, says why, and yields the same bits', async () => {
    const program = heavy()
    const inputs = [[dataOf(f32(1, 200, 200), 3)]]
    const shared = await play(await run(cpu({ threads: 1 })), program, [], inputs)
    Object.defineProperty(globalThis, 'crossOriginIsolated', { value: false, configurable: true })
    const backend = await run(cpu({ threads: 4 }))
    const session = await run(backend.open(program, []))
    expect(session.executed).toEqual({
      backend: 'cpu',
      threads: 1,
      fallbackReason: expect.stringContaining('cross-origin isolated'),
    })
    await run(session.dispose)
    expect(await play(await run(cpu({ threads: 1 })), program, [], inputs)).toEqual(shared)
  })
})

describe('mul and add of a step', () => {
  it('happen in the order of the program when threads share them', async () => {
    const program = programOf([f32(100_000)], x => [mul(add(x, x), x)])
    await agreesWithReference(program)
  })
})
