import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { DType, HostArray } from '../../graph/dtype.js'
import { hostArray } from '../../graph/dtype.js'
import { primitives } from '../../primitives/table.js'
import { asFloats, close, command, exactly, noise, outputs, size } from './kernels.testing.js'
import * as op from './opcodes.js'
import { partials } from './scratch.js'

describe('reductions', () => {
  const sizes = fc.record({
    outer: fc.integer({ min: 0, max: 5 }),
    length: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 500, max: 1100 })),
    inner: fc.integer({ min: 1, max: 20 }),
  })
  const long = [
    { outer: 1, length: 100003, inner: 1 },
    { outer: 3, length: 9001, inner: 1 },
    { outer: 2, length: 1500, inner: 131 },
    { outer: 1031, length: 2, inner: 1 },
  ]
  const examples = long.map(sample => [sample] as [typeof sample])

  const reduced = (opcode: number, data: HostArray, { outer, length, inner }: (typeof long)[0]): Int32Array =>
    outputs(a => [
      command(
        opcode,
        a.output(outer * inner),
        a.put(data),
        outer,
        length,
        inner,
        a.take(partials(outer, length, inner)),
      ),
    ])[0]

  const along = <T extends HostArray>(
    result: T,
    data: HostArray,
    { outer, length, inner }: (typeof long)[0],
    start: number,
    join: (a: number, b: number) => number,
  ): T => {
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < inner; i++) {
        let total = start
        for (let k = 0; k < length; k++) total = join(total, data[(o * length + k) * inner + i])
        result[o * inner + i] = total
      }
    return result
  }

  it('SUM adds what a loop in doubles adds, to single precision', () => {
    fc.assert(
      fc.property(sizes, at => {
        const data = noise(at.outer * at.length * at.inner)
        const expected = along(new Float32Array(at.outer * at.inner), data, at, 0, (a, b) => a + b)
        close(asFloats(reduced(op.SUM, data, at)), expected, 2e-6, Math.sqrt(at.length + 1))
      }),
      { numRuns: 40, examples },
    )
  })

  it('SUM keeps its accuracy over a million equal terms', () => {
    const data = new Float32Array(1_000_003).fill(0.1)
    close(
      asFloats(reduced(op.SUM, data, { outer: 1, length: data.length, inner: 1 })),
      [data.length * Math.fround(0.1)],
      1e-6,
    )
    close(
      asFloats(reduced(op.SUM, data.subarray(1), { outer: 1, length: 500_001, inner: 2 })),
      [50000.1, 50000.1],
      1e-6,
    )
  })

  it('SUM_WHOLE wraps', () => {
    fc.assert(
      fc.property(sizes, at => {
        const data = Int32Array.from({ length: at.outer * at.length * at.inner }, (_, i) =>
          Math.imul(i + 1, 0x9e3779b1),
        )
        exactly(
          reduced(op.SUM_WHOLE, data, at),
          along(new Int32Array(at.outer * at.inner), data, at, 0, (a, b) => (a + b) | 0),
        )
      }),
      { numRuns: 30, examples },
    )
  })

  it('MAX finds the largest, passes NaN on, and knows −0 from 0', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (at, seed) => {
        const data = noise(at.outer * at.length * at.inner)
        if (data.length > 0) data[seed % data.length] = NaN
        const expected = along(new Float32Array(at.outer * at.inner), data, at, -Infinity, Math.max)
        exactly(asFloats(reduced(op.MAX, data, at)), expected)
      }),
      { numRuns: 40, examples: examples.map(([at]) => [at, 77] as [typeof at, number]) },
    )
    const zeros = { outer: 1, length: 3, inner: 1 }
    expect(asFloats(reduced(op.MAX, Float32Array.of(-0, 0, -0), zeros))[0]).toBe(0)
    expect(asFloats(reduced(op.MAX, Float32Array.of(-0, -0, -0), zeros))[0]).toBe(-0)
  })

  it.each([
    ['MAX_I32', op.MAX_I32, 'i32', -(2 ** 31)],
    ['MAX_U32', op.MAX_U32, 'u32', 0],
  ] as const)('%s finds the largest', (_, opcode, dtype, lowest) => {
    fc.assert(
      fc.property(sizes, at => {
        const data = hostArray(dtype, at.outer * at.length * at.inner).map((_, i) =>
          Math.imul(i + 1, 0x9e3779b1),
        )
        const expected = along(hostArray(dtype, at.outer * at.inner), data, at, lowest, Math.max)
        exactly(reduced(opcode, data, at), new Int32Array(expected.buffer))
      }),
      { numRuns: 30, examples },
    )
  })

  const dtypes = { f32: op.F32, i32: op.I32, u32: op.U32 } as const
  const few = fc.record({
    outer: fc.integer({ min: 1, max: 6 }),
    length: fc.integer({ min: 1, max: 70 }),
    inner: fc.integer({ min: 1, max: 9 }),
    dtype: fc.constantFrom('f32', 'i32', 'u32'),
  })
  /** Values with ties, −0, NaN. */
  const tied = (dtype: DType, count: number): HostArray =>
    hostArray(dtype, count).map((_: number, i: number) => {
      const x = ((i * 7919) % 11) - 5
      return dtype === 'f32' && x === 5 && i % 3 === 0
        ? NaN
        : dtype === 'f32' && x === 0 && i % 2 === 0
          ? -0
          : x
    })
  const value = (data: HostArray, shape: readonly number[], dtype: DType) => ({ data, shape, dtype })
  const never = (): never => {
    throw new Error('no body')
  }

  it('ARGMAX finds the first largest, or the first NaN', () => {
    fc.assert(
      fc.property(few, ({ outer, length, inner, dtype }) => {
        const data = tied(dtype, outer * length * inner)
        const [result] = outputs(a => [
          command(op.ARGMAX, a.output(outer * inner), a.put(data), outer, length, inner, dtypes[dtype]),
        ])
        const expected = new Int32Array(outer * inner)
        primitives.argmax.evaluate(
          [value(data, [outer, length, inner], dtype)],
          { axis: 1 },
          [value(expected, [outer, inner], 'i32')],
          never,
        )
        exactly(result, expected)
      }),
      { numRuns: 60 },
    )
  })

  it('CUMSUM adds up, either way', () => {
    fc.assert(
      fc.property(few, fc.boolean(), ({ outer, length, inner, dtype }, reverse) => {
        const shape = [outer, length, inner]
        const data = dtype === 'f32' ? noise(size(shape)) : tied(dtype, size(shape))
        const [result] = outputs(a => [
          command(op.CUMSUM, a.output(data.length), a.put(data), ...shape, Number(reverse), dtypes[dtype]),
        ]) as [Int32Array]
        const expected = hostArray(dtype, data.length)
        primitives.cumsum.evaluate(
          [value(data, shape, dtype)],
          { axis: 1, reverse },
          [value(expected, shape, dtype)],
          never,
        )
        exactly(result, new Int32Array(expected.buffer))
      }),
      { numRuns: 60 },
    )
  })

  it('ARGSORT is stable and puts NaN last, or first when descending', () => {
    fc.assert(
      fc.property(few, fc.boolean(), ({ outer, length, inner, dtype }, descending) => {
        const shape = [outer, length * inner]
        const data = tied(dtype, size(shape))
        const [result] = outputs(a => [
          command(
            op.ARGSORT,
            a.output(data.length),
            a.put(data),
            ...shape,
            Number(descending),
            dtypes[dtype],
            a.take(data.length),
          ),
        ])
        const expected = new Int32Array(data.length)
        primitives.argsort.evaluate(
          [value(data, shape, dtype)],
          { descending },
          [value(expected, shape, 'i32')],
          never,
        )
        exactly(result, expected)
      }),
      { numRuns: 60 },
    )
  })
})
