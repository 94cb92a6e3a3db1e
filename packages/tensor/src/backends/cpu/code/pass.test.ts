import { describe, it } from '@jest/globals'
import fc from 'fast-check'
import type { HostArray } from '../../../graph/dtype.js'
import {
  asFloats,
  bitsOf,
  command,
  exactly,
  noise,
  outputs,
  rowMajor,
  size,
  visit,
} from '../kernels.testing.js'
import * as op from '../opcodes.js'
import { lanesOf, type ElementwiseName } from './lanes.js'
import type { Form, Operation } from './pass.js'

/** What each operation means is tested through the backend: lower/elementwise.test.ts. Here is how a pass walks, reads and writes. */

interface Input {
  readonly data: HostArray
  readonly strides: readonly number[]
  readonly shift?: number
}
const result = (operation: number): Form => ({ kind: 'result', operation })
const literal = (x: number): Form => ({ kind: 'literal', bits: bitsOf(x) })
const of = (name: ElementwiseName, ...operands: readonly Form[]): Operation => ({
  lanes: lanesOf(name, 'f32', {}),
  operands,
})

/** A pass over `shape`; `build` names operations of its inputs. `sinks` are operations to write out; `over` names an input to overwrite, if any. */
const pass = (
  shape: readonly number[],
  inputs: readonly Input[],
  build: (...inputs: Form[]) => readonly Operation[],
  sinks: readonly (readonly [operation: number, over?: number])[],
): Int32Array[] =>
  outputs(a => {
    const addresses = inputs.map(({ data, shift }) => a.put(data, shift))
    const forms = inputs.map(({ strides }, i): Form => ({ kind: 'input', address: addresses[i], strides }))
    const number = a.pass({
      space: shape,
      inFours: size(shape) % 4 === 0,
      operations: build(...forms),
      sinks: sinks.map(([operation, over]) => ({
        operation,
        target: { address: a.output(size(shape), over === undefined ? undefined : addresses[over]) },
      })),
    })
    return size(shape) === 0 ? [] : [command(op.FUSED, number, size(shape), 0)]
  })

describe('FUSED', () => {
  it('reads inputs under any strides', () => {
    const axis = fc.record({
      n: fc.integer({ min: 1, max: 30 }),
      steps: fc.tuple(fc.constantFrom(0, 1, 2, -1), fc.constantFrom(0, 1)),
    })
    fc.assert(
      fc.property(fc.array(axis, { maxLength: 4 }), fc.nat(3), (axes, shift) => {
        const shape = axes.map(({ n }) => n)
        // Where a stride is negative, the walk begins at the far end of the array.
        const walks = [0, 1].map(which => {
          let step = 1
          let start = 0
          const list: number[] = []
          for (let i = axes.length - 1; i >= 0; i--) {
            const { n, steps } = axes[i] as { n: number; steps: [number, number] }
            const factor = Math.abs(steps[which])
            list[i] = step * steps[which]
            if (steps[which] < 0) start += step * (n - 1)
            if (factor > 0) step *= factor * n
          }
          return { strides: list, start, count: step }
        }) as unknown as [Walk, Walk]
        const [x, y] = walks.map(({ count }, i) => noise(count, i + 1)) as [Float32Array, Float32Array]
        const [sum, both] = outputs(a => {
          const [p, q] = [a.put(x, shift) + 4 * walks[0].start, a.put(y) + 4 * walks[1].start]
          const inputs: Form[] = [
            { kind: 'input', address: p, strides: walks[0].strides },
            { kind: 'input', address: q, strides: walks[1].strides },
          ]
          const number = a.pass({
            space: shape,
            inFours: size(shape) % 4 === 0,
            operations: [
              of('add', inputs[0], inputs[1]),
              of('mul', result(0), literal(3)),
              of('sub', result(0), inputs[1]),
            ],
            sinks: [1, 2].map(operation => ({ operation, target: { address: a.output(size(shape)) } })),
          })
          return [command(op.FUSED, number, size(shape), 0)]
        }) as [Int32Array, Int32Array]
        const expected = [new Float32Array(size(shape)), new Float32Array(size(shape))] as const
        visit(
          shape,
          walks.map(({ strides }) => strides),
          (flat, [i, j]) => {
            const total = Math.fround(x[i + walks[0].start] + y[j + walks[1].start])
            expected[0][flat] = total * 3
            expected[1][flat] = total - y[j + walks[1].start]
          },
        )
        exactly(asFloats(sum), expected[0])
        exactly(asFloats(both), expected[1])
      }),
      { numRuns: 150 },
    )
  })

  it.each([
    ['a bias along rows', [9, 700], [700, 1], [0, 1]],
    ['a factor for each row', [600, 20], [20, 1], [1, 0]],
    ['a short period', [1000, 3], [3, 1], [0, 1]],
    ['a column of blocks', [3, 40, 50], [2000, 50, 1], [0, 1, 0]],
    ['a transpose', [300, 30], [30, 1], [1, 300]],
    ['one number', [1300], [1], [0]],
    ['nothing', [5, 0], [0, 1], [0, 1]],
  ] as const)('broadcasts %s', (_, shape, whole, strides) => {
    const [x, y] = [noise(size(shape)), noise(10000, 5)]
    const [sum] = pass(
      shape,
      [
        { data: x, strides: whole },
        { data: y, strides },
      ],
      (a, b) => [of('add', a, b)],
      [[0]],
    ) as [Int32Array]
    const expected = new Float32Array(size(shape))
    visit(shape, [strides], (flat, [at]) => (expected[flat] = x[flat] + y[at]))
    exactly(asFloats(sum), expected)
  })

  it.each([3, 256, 5000])('overwrites an input that later operations still read (%i elements)', count => {
    const [x, y] = [noise(count), noise(count, 2)]
    // x + y goes where x stood; 2 · x still reads x.
    const [sum, product] = pass(
      [count],
      [x, y].map(data => ({ data, strides: [1] })),
      (a, b) => [of('add', a, b), of('mul', result(0), a)],
      [
        [0, 0],
        [1, 1],
      ],
    ) as [Int32Array, Int32Array]
    const expected = x.map((value, i) => value + y[i])
    exactly(asFloats(sum), expected)
    exactly(
      asFloats(product),
      expected.map((value, i) => value * x[i]),
    )
  })

  it('takes a comparison as a condition and as a number', () => {
    const x = noise(37)
    const [chosen, truth] = pass(
      [37],
      [{ data: x, strides: [1] }],
      a => [of('lt', a, literal(0.25)), of('select', result(0), a, literal(-0))],
      [[1], [0]],
    ) as [Int32Array, Int32Array]
    exactly(
      asFloats(chosen),
      x.map(value => (value < 0.25 ? value : -0)),
    )
    exactly(
      truth,
      [...x].map(value => (value < 0.25 ? 1 : 0)),
    )
  })
})

describe('REDUCE', () => {
  const cases = {
    SUM: op.SUM,
    MAX: op.MAX,
  } as const
  const around = fc.record({
    outer: fc.integer({ min: 1, max: 5 }),
    length: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 500, max: 1100 })),
    inner: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 120, max: 300 })),
  })
  type Around = { outer: number; length: number; inner: number }
  const examples: [Around][] = [
    [{ outer: 1, length: 20_011, inner: 1 }],
    [{ outer: 3, length: 5000, inner: 1 }],
    [{ outer: 700, length: 3, inner: 1 }],
    [{ outer: 701, length: 2, inner: 1 }],
    [{ outer: 1, length: 2500, inner: 9 }],
    [{ outer: 2, length: 1030, inner: 130 }],
    [{ outer: 2, length: 1, inner: 158 }],
  ]

  it.each(Object.entries(cases))(
    '%s gives the bits of the pass and the reduction by themselves',
    (_, opcode) => {
      fc.assert(
        fc.property(around, ({ outer, length, inner }) => {
          const count = outer * length * inner
          const shape = [outer, length, inner]
          const [x, y] = [noise(count), noise(outer * inner, 7)]
          x.fill(-0, 0, Math.min(5, count))
          y.fill(1, 0, Math.min(5, outer * inner))
          // y repeats along the reduced axis, so that the pass has several axes.
          const strides = [inner, 0, 1]
          const reduce = (isJoined: boolean): Int32Array[] =>
            outputs(a => {
              const forms: Form[] = [
                { kind: 'input', address: a.put(x), strides: rowMajor(shape) },
                { kind: 'input', address: a.put(y), strides },
              ]
              const operations = [of('mul', forms[0], forms[1]), of('sub', result(0), forms[0])]
              const whole = a.output(count)
              const second = isJoined ? 0 : a.take(count)
              const number = a.pass({
                space: shape,
                inFours: (inner === 1 ? length : inner) % 4 === 0,
                operations,
                sinks: [
                  { operation: 0, target: { address: whole } },
                  ...(isJoined
                    ? [0, 1].map(i => ({ operation: i, target: { shifted: i * op.PLACE } }))
                    : [{ operation: 1, target: { address: second } }]),
                ],
              })
              const made = [0, 1].map(() => a.output(outer * inner))
              const scratch = [0, 1].map(() => a.take(Math.ceil(length / 512) * outer * inner))
              if (isJoined)
                return [
                  command(
                    op.REDUCE,
                    ...[
                      number,
                      outer,
                      length,
                      inner,
                      2,
                      opcode,
                      made[0],
                      scratch[0],
                      opcode,
                      made[1],
                      scratch[1],
                    ],
                  ),
                ]
              return [
                command(op.FUSED, number, count, 0),
                command(opcode, made[0], whole, outer, length, inner, scratch[0]),
                command(opcode, made[1], second, outer, length, inner, scratch[1]),
              ]
            })
          const apart = reduce(false)
          reduce(true).forEach((made, i) => exactly(made, apart[i]))
        }),
        { numRuns: 40, examples },
      )
    },
  )
})

interface Walk {
  readonly strides: readonly number[]
  readonly start: number
  readonly count: number
}
