import { sizeOf } from '../shape/index.js'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Spec } from '../graph/tensor.js'
import { planMemory, type PlanOptions } from './plan.js'
import { arena } from './plan/arena.js'
import { inSequence } from './plan/moves.js'
import { randomProgram } from './plan/random-program.testing.js'
import { machine, meaning, simulationHooks } from './plan/simulation.testing.js'
import type { Instruction, Program } from './program.js'

const options: PlanOptions = { alignment: 16, base: 64, reuse: true }
const plan = (program: Program, about: Partial<PlanOptions> = {}) =>
  planMemory(program, simulationHooks, { ...options, ...about })

const vector = (n: number): Spec => ({ shape: [n], dtype: 'f32' })
const instruction = (name: string, inputs: number[], outputs: number[]): Instruction =>
  ({ name, params: {}, inputs, outputs }) as unknown as Instruction

/** Words that differ from value to value and from step to step. */
const words = (spec: Spec, seed: number): number[] =>
  Array.from({ length: sizeOf(spec.shape) }, (_, w) => seed * 1009 + w)

const runsAsMeant = (program: Program, about: Partial<PlanOptions> = {}): void => {
  const specs = program.values.slice(0, program.state + program.inputs)
  let state = specs
    .slice(0, program.state)
    .map((spec, i) => words(spec, i + 1)) as readonly (readonly number[])[]
  const planned = machine(program, plan(program, about), state)
  for (let step = 0; step < 3; step++) {
    const inputs = specs.slice(program.state).map((spec, i) => words(spec, 100 * (step + 1) + i))
    const meant = meaning(program, [...state, ...inputs])
    expect(planned.step(inputs)).toEqual(meant)
    state = meant.nextState
  }
}

describe('planMemory', () => {
  it('changes no result of any program, loops and states included', () => {
    fc.assert(
      fc.property(randomProgram, program => runsAsMeant(program)),
      { numRuns: 300, seed: 1 },
    )
  })

  it('changes no result without sharing either', () => {
    fc.assert(
      fc.property(randomProgram, program => runsAsMeant(program, { reuse: false })),
      { numRuns: 100, seed: 2 },
    )
  })

  it('gives every value a place of its own without reuse', () => {
    fc.assert(
      fc.property(randomProgram, program => {
        const { offsets } = plan(program, { reuse: false })
        const places = program.values.map(({ shape }, value) => ({
          at: offsets[value],
          end: offsets[value] + 4 * sizeOf(shape),
        }))
        places.sort((a, b) => a.at - b.at)
        places.forEach(({ at }, i) => expect(i === 0 || at >= places[i - 1].end).toBe(true))
      }),
      { numRuns: 200, seed: 3 },
    )
  })

  it('aligns every place and stays behind the base', () => {
    fc.assert(
      fc.property(randomProgram, program => {
        const { offsets } = plan(program, { alignment: 64, base: 256 })
        expect(offsets.every(offset => offset >= 256 && offset % 64 === 0)).toBe(true)
      }),
      { numRuns: 100, seed: 4 },
    )
  })

  it('holds two values of a chain that may not be written in place, and one of a chain that may', () => {
    const chain = (name: string): Program => ({
      values: Array.from({ length: 51 }, () => vector(16)),
      state: 0,
      inputs: 1,
      instructions: Array.from({ length: 50 }, (_, i) => instruction(name, [i], [i + 1])),
      nextState: [],
      outputs: [50],
    })
    expect(plan(chain('neg')).end - options.base).toBe(64)
    // Two values, and the scratch of the simulation's cumsum (100 bytes, aligned).
    expect(plan(chain('cumsum')).end - options.base).toBe(2 * 64 + 112)
  })

  it('writes a next state in place when nobody reads the old one afterwards', () => {
    const program = (reads: number): Program => ({
      values: [vector(8), vector(8), vector(8)],
      state: 1,
      inputs: 0,
      instructions: [instruction('neg', [0], [1]), instruction('cumsum', [reads], [2])],
      nextState: [1],
      outputs: [2],
    })
    expect(plan(program(1)).copies).toEqual([])
    expect(plan(program(1)).offsets[1]).toBe(plan(program(1)).slots[0])
    expect(plan(program(0)).copies).toHaveLength(1)
  })

  it.each([
    ['a swap', [1, 0]],
    ['a value for two', [2, 2]],
    ['one passed on and one replaced', [0, 0]],
    ['both passed through', [0, 1]],
    ['an input', [2, 0]],
    ['a computed one beside an old one', [3, 0]],
  ])('keeps states apart: %s', (_, nextState) => {
    const program: Program = {
      values: [vector(5), vector(5), vector(5), vector(5)],
      state: 2,
      inputs: 1,
      instructions: [instruction('add', [0, 1], [3])],
      nextState,
      outputs: [0, 1, 2, 3],
    }
    runsAsMeant(program)
    runsAsMeant(program, { reuse: false })
  })

  it('plans 10,000 instructions in time that is linear', () => {
    const chain = (count: number): Program => ({
      values: Array.from({ length: count + 1 }, (_, i) => vector(1 + (i % 97))),
      state: 0,
      inputs: 1,
      instructions: Array.from({ length: count }, (_, i) =>
        instruction('cumsum', [i, Math.max(0, i - ((i * 7919) % 300))], [i + 1]),
      ),
      nextState: [],
      outputs: [count],
    })
    const [short, long] = [chain(2_500), chain(10_000)]
    const time = (program: Program): number => {
      const start = performance.now()
      plan(program)
      return performance.now() - start
    }
    const best = (program: Program): number => Math.min(...Array.from({ length: 5 }, () => time(program)))
    // Four times the instructions: quadratic planning would take sixteen times as long.
    expect(best(long) / best(short)).toBeLessThan(10)
  })
})

describe('arena', () => {
  it('never gives a run that is still taken, and returns to one free run', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 200 }), fc.nat()), { maxLength: 200 }), steps => {
        const room = arena(16)
        const taken: { at: number; bytes: number }[] = []
        for (const [bytes, choice] of steps) {
          if (choice % 3 === 0 && taken.length > 0) {
            const [gone] = taken.splice(choice % taken.length, 1)
            room.release(gone.at, gone.bytes)
            continue
          }
          const at = room.take(bytes)
          for (const other of taken)
            expect(at >= other.at + Math.max(1, other.bytes) || at + Math.max(1, bytes) <= other.at).toBe(
              true,
            )
          taken.push({ at, bytes })
        }
        for (const { at, bytes } of taken) room.release(at, bytes)
        const all = room.bytes
        if (all > 0) expect(room.take(all)).toBe(0)
        expect(room.bytes).toBe(all)
      }),
      { seed: 5 },
    )
  })
})

describe('inSequence', () => {
  it('does one after the other what was meant at once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 10 }), sources => {
        const places = Array.from({ length: 13 }, (_, i) => i)
        const meant = places.map(i => sources[i] ?? i)
        let next = 100
        const moves = inSequence(
          sources.map((from, to) => ({ to, from })),
          () => next++,
        )
        const memory = new Map(places.map(i => [i, i]))
        for (const { to, from } of moves) memory.set(to, memory.get(from) as number)
        expect(places.map(i => memory.get(i))).toEqual(meant)
      }),
      { numRuns: 1000, seed: 6 },
    )
  })
})
