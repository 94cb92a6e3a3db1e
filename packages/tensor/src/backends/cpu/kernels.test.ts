import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { threefry2x32 } from '../../random/threefry.js'
import { lanesOf } from './code/lanes.js'
import type { Form } from './code/pass.js'
import {
  asFloats,
  barrier,
  bitsOf,
  bytes,
  command,
  exactly,
  noise,
  outputs,
  scratch,
  scratchBytes,
} from './kernels.testing.js'
import type { Run } from './link.js'
import { unshareMemoryImport } from './memory-import.js'
import * as op from './opcodes.js'

describe('FILL and IOTA', () => {
  it.each([0, 1, 5, 1023, 5000])('write %i words and no more', count => {
    const [filled, whole, real] = outputs(a => [
      command(op.FILL, a.output(count), count, bitsOf(-0)),
      command(op.IOTA, a.output(count), count, 0),
      command(op.IOTA, a.output(count), count, 1),
    ]) as [Int32Array, Int32Array, Int32Array]
    expect(filled.every(word => word === bitsOf(-0))).toBe(true)
    expect([...whole]).toEqual(Array.from({ length: count }, (_, i) => i))
    expect([...asFloats(real)]).toEqual([...whole])
  })
})

describe('indexing and random words', () => {
  const indexed = fc.record({
    batch: fc.integer({ min: 1, max: 9 }),
    length: fc.integer({ min: 1, max: 20 }),
    count: fc.integer({ min: 0, max: 50 }),
    inner: fc.constantFrom(1, 3, 16, 70, 130),
  })
  const positions = (count: number, length: number): Int32Array =>
    Int32Array.from({ length: count }, (_, i) => ((i * 31) % (length + 2)) - 1)

  it('GATHER reads rows, and the given word where there is none', () => {
    fc.assert(
      fc.property(indexed, ({ batch, length, count, inner }) => {
        const [data, index] = [noise(batch * length * inner), positions(batch * count, length)]
        const [result] = outputs(a => [
          command(
            op.GATHER,
            a.output(batch * count * inner),
            a.put(data),
            a.put(index),
            batch,
            length,
            count,
            inner,
            bitsOf(NaN),
          ),
        ]) as [Int32Array]
        const expected = new Float32Array(result.length).map((_, i) => {
          const row = Math.floor(i / inner)
          const at = index[row]
          return at < 0 || at >= length
            ? NaN
            : data[(Math.floor(row / count) * length + at) * inner + (i % inner)]
        })
        exactly(asFloats(result), expected)
      }),
      { numRuns: 60 },
    )
  })

  it('SCATTER_ADD adds rows up in order, and drops those that have no place', () => {
    fc.assert(
      fc.property(indexed, fc.boolean(), ({ batch, length, count, inner }, isFloat) => {
        const updates = isFloat
          ? noise(batch * count * inner)
          : Int32Array.from({ length: batch * count * inner }, (_, i) => Math.imul(i, 0x9e3779b1))
        const index = positions(batch * count, length)
        const [result] = outputs(a => [
          command(
            op.SCATTER_ADD,
            a.output(batch * length * inner),
            a.put(index),
            a.put(updates),
            batch,
            length,
            count,
            inner,
            isFloat ? op.F32 : op.I32,
          ),
        ]) as [Int32Array]
        const expected = isFloat ? new Float32Array(result.length) : new Int32Array(result.length)
        for (let row = 0; row < batch * count; row++) {
          const at = index[row]
          if (at < 0 || at >= length) continue
          for (let i = 0; i < inner; i++)
            expected[(Math.floor(row / count) * length + at) * inner + i] += updates[row * inner + i]
        }
        exactly(isFloat ? asFloats(result) : result, expected)
      }),
      { numRuns: 60 },
    )
  })

  it.each([0, 1, 2, 3, 4, 257, 1030])(
    'THREEFRY makes the words of the published function for %i counters',
    count => {
      const key = Uint32Array.of(0x13198a2e, 0xa4093822)
      const counters = Uint32Array.from({ length: count }, (_, i) => 0x243f6a88 + i * 977)
      const [result] = outputs(a => [
        command(op.THREEFRY, a.output(2 * count), a.put(key), a.put(counters), count, 0x85a308d3),
      ]) as [Int32Array]
      const blocks = [...counters].map(counter =>
        threefry2x32([0x13198a2e, 0xa4093822], [counter, 0x85a308d3]),
      )
      exactly(
        new Uint32Array(result.buffer),
        Uint32Array.from([...blocks.map(([x]) => x), ...blocks.map(([, y]) => y)]),
      )
    },
  )
})

describe('LOOP', () => {
  it.each([0, 1])('steps through slices (reverse: %i), keeping a carry', reverse => {
    const [steps, width] = [5, 1500]
    const data = noise(steps * width)
    const [stacked, carry] = outputs(a => {
      const [from, slice, next] = [a.put(data), a.take(width), a.take(width)]
      const [stack, state] = [a.output(steps * width), a.output(width, a.put(new Float32Array(width)))]
      const form = (address: number): Form => ({ kind: 'input', address, strides: [1] })
      const number = a.pass({
        space: [width],
        inFours: false,
        operations: [{ lanes: lanesOf('sub', 'f32', {}), operands: [form(slice), form(state)] }],
        sinks: [{ operation: 0, target: { address: next } }],
      })
      const body = command(op.FUSED, number, width, 0)
      const before = [1, slice, 0, from, width, width]
      const after = [2, stack, width, next, 0, width, state, 0, next, 0, width]
      return [command(op.LOOP, steps, reverse, ...before, ...after, ...body, op.END, 2)]
    }) as [Int32Array, Int32Array]
    const expected = new Float32Array(steps * width)
    let state = new Float32Array(width)
    for (let n = 0; n < steps; n++) {
      const t = reverse ? steps - 1 - n : n
      state = state.map((s, i) => data[t * width + i] - s)
      expected.set(state, t * width)
    }
    exactly(asFloats(stacked), expected)
    exactly(asFloats(carry), state)
  })
})

describe('without shared memory', () => {
  it('the module takes a plain memory once its import is changed', async () => {
    const plain = new WebAssembly.Memory({ initial: 16, maximum: 65536 })
    await expect(WebAssembly.instantiate(bytes, { env: { memory: plain } })).rejects.toThrow('memory')
    const { instance } = await WebAssembly.instantiate(unshareMemoryImport(bytes), { env: { memory: plain } })
    const view = new Int32Array(plain.buffer)
    const [plan, to] = [65536, 131072]
    view.set([...command(op.IOTA, to, 5, 0), op.END, 2], plan / 4)
    ;(instance.exports['run'] as Run)(plan, 0, 1, barrier, scratch, scratchBytes, 0)
    expect([...view.subarray(to / 4, to / 4 + 5)]).toEqual([0, 1, 2, 3, 4])
  })

  it('a module that imports no memory is refused', () => {
    expect(() => unshareMemoryImport(bytes.subarray(0, 8))).toThrow('imports no memory')
  })
})
