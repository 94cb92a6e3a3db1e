import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { DType, HostArray } from '../../graph/dtype.js'
import { hostArray } from '../../graph/dtype.js'
import { primitives } from '../../primitives/table.js'
import { asFloats, bitsOf, close, command, exactly, noise, outputs, size, visit } from './kernels.testing.js'
import * as op from './opcodes.js'

describe('FUSED', () => {
  interface Input {
    readonly data: HostArray
    readonly strides: readonly number[]
    readonly shift?: number
  }
  type Instruction = readonly [operation: number, to: number, a: number, b?: number, c?: number]

  /** `sinks` are slots to write out; the last element names an input to overwrite instead of fresh memory, if any. */
  const pass = (
    shape: readonly number[],
    inputs: readonly Input[],
    literals: readonly number[],
    instructions: readonly Instruction[],
    sinks: readonly (readonly [slot: number, over?: number])[],
  ): Int32Array[] =>
    outputs(a => {
      const addresses = inputs.map(({ data, shift }) => a.put(data, shift))
      const slots = 1 + Math.max(...instructions.map(([, to]) => to), inputs.length + literals.length - 1)
      return [
        command(
          op.FUSED,
          ...[
            shape.length,
            ...shape,
            inputs.length,
            ...inputs.flatMap(({ strides }, i) => [addresses[i], ...strides]),
          ],
          ...[
            literals.length,
            ...literals,
            instructions.length,
            ...instructions.flatMap(([o, to, x, y = 0, z = 0]) => [o, to, x, y, z]),
          ],
          ...[
            sinks.length,
            ...sinks.flatMap(([slot, over]) => [
              slot,
              a.output(size(shape), over === undefined ? undefined : addresses[over]),
            ]),
          ],
          slots,
        ),
      ]
    })

  const reals = [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3,
    -7.25,
    1e-40,
    1e-10,
    1e10,
    -3e9,
    3e9,
    5e9,
    3.4e38,
    Infinity,
    -Infinity,
    NaN,
  ]
  const integers = [
    0,
    1,
    -1,
    2,
    -2,
    3,
    7,
    -7,
    31,
    32,
    33,
    100,
    65537,
    -65537,
    2 ** 31 - 1,
    -(2 ** 31),
    -(2 ** 31) + 1,
  ]
  const truths = [0, 1]
  const samples = { f32: reals, i32: integers, u32: integers, bool: truths } as const
  type Name = keyof typeof primitives
  const rows: readonly (readonly [
    operation: number,
    name: Name,
    from: DType,
    to: DType,
    tolerance?: number,
  ])[] = [
    [op.OP_ADD, 'add', 'f32', 'f32'],
    [op.OP_SUB, 'sub', 'f32', 'f32'],
    [op.OP_MUL, 'mul', 'f32', 'f32'],
    [op.OP_DIV, 'div', 'f32', 'f32'],
    [op.OP_MOD, 'mod', 'f32', 'f32'],
    [op.OP_MAX, 'max', 'f32', 'f32'],
    [op.OP_MIN, 'min', 'f32', 'f32'],
    [op.OP_POW, 'pow', 'f32', 'f32', 1e-6],
    [op.OP_ATAN2, 'atan2', 'f32', 'f32', 1e-6],
    [op.OP_NEG, 'neg', 'f32', 'f32'],
    [op.OP_ABS, 'abs', 'f32', 'f32'],
    [op.OP_SIGN, 'sign', 'f32', 'f32'],
    [op.OP_FLOOR, 'floor', 'f32', 'f32'],
    [op.OP_CEIL, 'ceil', 'f32', 'f32'],
    [op.OP_ROUND, 'round', 'f32', 'f32'],
    [op.OP_SQRT, 'sqrt', 'f32', 'f32'],
    [op.OP_EXP, 'exp', 'f32', 'f32', 1e-6],
    [op.OP_EXPM1, 'expm1', 'f32', 'f32', 1e-6],
    [op.OP_LOG, 'log', 'f32', 'f32', 1e-6],
    [op.OP_LOG1P, 'log1p', 'f32', 'f32', 1e-6],
    [op.OP_SIN, 'sin', 'f32', 'f32', 1e-6],
    [op.OP_COS, 'cos', 'f32', 'f32', 1e-6],
    [op.OP_TANH, 'tanh', 'f32', 'f32', 1e-6],
    [op.OP_ERF, 'erf', 'f32', 'f32', 1e-6],
    [op.OP_ERFINV, 'erfinv', 'f32', 'f32', 1e-6],
    [op.OP_LGAMMA, 'lgamma', 'f32', 'f32', 1e-5],
    [op.OP_NORMAL_FROM_BITS, 'normalFromBits', 'u32', 'f32'],
    [op.OP_EQ, 'eq', 'f32', 'bool'],
    [op.OP_LT, 'lt', 'f32', 'bool'],
    [op.OP_LE, 'le', 'f32', 'bool'],
    [op.OP_AND, 'and', 'i32', 'i32'],
    [op.OP_OR, 'or', 'u32', 'u32'],
    [op.OP_XOR, 'xor', 'i32', 'i32'],
    [op.OP_NOT_BOOL, 'not', 'bool', 'bool'],
    [op.OP_NOT, 'not', 'u32', 'u32'],
    [op.OP_SHIFT_LEFT, 'shiftLeft', 'u32', 'u32'],
    [op.OP_SHIFT_RIGHT_I32, 'shiftRight', 'i32', 'i32'],
    [op.OP_SHIFT_RIGHT_U32, 'shiftRight', 'u32', 'u32'],
    [op.OP_ADD_WHOLE, 'add', 'i32', 'i32'],
    [op.OP_SUB_WHOLE, 'sub', 'u32', 'u32'],
    [op.OP_MUL_WHOLE, 'mul', 'i32', 'i32'],
    [op.OP_DIV_I32, 'div', 'i32', 'i32'],
    [op.OP_DIV_U32, 'div', 'u32', 'u32'],
    [op.OP_MOD_I32, 'mod', 'i32', 'i32'],
    [op.OP_MOD_U32, 'mod', 'u32', 'u32'],
    [op.OP_MAX_I32, 'max', 'i32', 'i32'],
    [op.OP_MAX_U32, 'max', 'u32', 'u32'],
    [op.OP_MIN_I32, 'min', 'i32', 'i32'],
    [op.OP_MIN_U32, 'min', 'u32', 'u32'],
    [op.OP_NEG_I32, 'neg', 'i32', 'i32'],
    [op.OP_ABS_I32, 'abs', 'i32', 'i32'],
    [op.OP_SIGN_I32, 'sign', 'i32', 'i32'],
    [op.OP_EQ_WHOLE, 'eq', 'u32', 'bool'],
    [op.OP_LT_I32, 'lt', 'i32', 'bool'],
    [op.OP_LT_U32, 'lt', 'u32', 'bool'],
    [op.OP_LE_I32, 'le', 'i32', 'bool'],
    [op.OP_LE_U32, 'le', 'u32', 'bool'],
    [op.OP_F32_TO_I32, 'cast', 'f32', 'i32'],
    [op.OP_F32_TO_U32, 'cast', 'f32', 'u32'],
    [op.OP_F32_TO_BOOL, 'cast', 'f32', 'bool'],
    [op.OP_I32_TO_F32, 'cast', 'i32', 'f32'],
    [op.OP_U32_TO_F32, 'cast', 'u32', 'f32'],
    [op.OP_WHOLE_TO_BOOL, 'cast', 'i32', 'bool'],
    [op.OP_COPY, 'cast', 'u32', 'i32'],
  ]

  it.each(rows.map(row => [row[1], ...row] as const))(
    '%s means the same as the reference (operation %i)',
    (...row) => {
      const [, operation, name, from, to, tolerance] = row
      const values = samples[from]
      const pairs = values.flatMap(a => values.map(b => [a, b] as const))
      const [a, b] = [0, 1].map(side => {
        const data = hostArray(from, pairs.length)
        pairs.forEach((pair, i) => (data[i] = pair[side]))
        return data
      }) as [HostArray, HostArray]
      const [result] = pass(
        [pairs.length],
        [
          { data: a, strides: [1] },
          { data: b, strides: [1] },
        ],
        [],
        [[operation, 2, 0, 1]],
        [[2]],
      ) as [Int32Array]
      const expected = hostArray(to, pairs.length)
      const value = (data: HostArray, dtype: DType) => ({ data, shape: [pairs.length], dtype })
      const primitive = primitives[name] as unknown as (typeof primitives)['cast']
      primitive.evaluate([value(a, from), value(b, from)], { dtype: to }, [value(expected, to)], () => [])
      if (to === 'f32') close(asFloats(result), expected, tolerance ?? 0, 1e-30)
      else expect([...result]).toEqual([...expected].map(x => x | 0))
    },
  )

  it.each([0, 1, 2, 5])('takes the order %i of polygamma as a number', order => {
    const x = Float32Array.of(0.25, 1, 2.5, 10, 60)
    const expected = new Float32Array(5)
    primitives.polygamma.evaluate(
      [{ data: x, shape: [5], dtype: 'f32' }],
      { order },
      [{ data: expected, shape: [5], dtype: 'f32' }],
      () => [],
    )
    const [result] = pass(
      [5],
      [{ data: x, strides: [1] }],
      [],
      [[op.OP_POLYGAMMA, 1, 0, 0, order]],
      [[1]],
    ) as [Int32Array]
    close(asFloats(result), expected, 2e-6)
  })

  it('selects', () => {
    const [result] = pass(
      [7],
      [
        { data: Int32Array.of(1, 0, 0, 1, 1, 0, 1), strides: [1] },
        { data: noise(7), strides: [1] },
      ],
      [bitsOf(-0)],
      [[op.OP_SELECT, 3, 0, 1, 2]],
      [[3]],
    ) as [Int32Array]
    exactly(
      asFloats(result),
      noise(7).map((x, i) => ([0, 3, 4, 6].includes(i) ? x : -0)),
    )
  })

  it('reads inputs under any strides', () => {
    const axis = fc.record({
      n: fc.integer({ min: 1, max: 30 }),
      steps: fc.tuple(fc.constantFrom(0, 1, 2, -1), fc.constantFrom(0, 1)),
    })
    fc.assert(
      fc.property(fc.array(axis, { maxLength: 3 }), fc.nat(3), (axes, shift) => {
        const shape = axes.map(({ n }) => n)
        const strides = [0, 1].map(which => {
          let step = 1
          const list: number[] = []
          for (let i = axes.length - 1; i >= 0; i--) {
            const { n, steps } = axes[i] as { n: number; steps: [number, number] }
            const factor = Math.abs(steps[which])
            list[i] = step * factor
            if (factor > 0) step *= factor * n
          }
          return list
        }) as [number[], number[]]
        const [x, y] = [noise(2 ** shape.length * size(shape) + 8), noise(size(shape) + 8, 2)]
        const [sum, both] = pass(
          shape,
          [
            { data: x, strides: strides[0], shift },
            { data: y, strides: strides[1] },
          ],
          [bitsOf(3)],
          [
            [op.OP_ADD, 3, 0, 1],
            [op.OP_MUL, 4, 3, 2],
            [op.OP_SUB, 3, 3, 1],
          ],
          [[4], [3]],
        ) as [Int32Array, Int32Array]
        const expected = [new Float32Array(size(shape)), new Float32Array(size(shape))] as const
        visit(shape, strides, (flat, [i, j]) => {
          const total = Math.fround(x[i] + y[j])
          expected[0][flat] = total * 3
          expected[1][flat] = total - y[j]
        })
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
    ['nothing', [5, 0], [0, 1], [0, 1]],
  ] as const)('broadcasts %s', (_, shape, whole, strides) => {
    const [x, y] = [noise(size(shape)), noise(10000, 5)]
    const [result] = pass(
      shape,
      [
        { data: x, strides: whole },
        { data: y, strides },
      ],
      [],
      [[op.OP_ADD, 2, 0, 1]],
      [[2]],
    ) as [Int32Array]
    const expected = new Float32Array(size(shape))
    visit(shape, [strides], (flat, [at]) => (expected[flat] = x[flat] + y[at]))
    exactly(asFloats(result), expected)
  })

  it.each([3, 256, 1000])('overwrites an input that later operations still read (%i elements)', count => {
    const [x, y] = [noise(count), noise(count, 2)]
    const inputs = [x, y].map(data => ({ data, strides: [1] }))
    // 2 = x + y goes where x stood; 3 = 2 · x still reads x.
    const [sum, product] = pass(
      [count],
      inputs,
      [],
      [
        [op.OP_ADD, 2, 0, 1],
        [op.OP_MUL, 3, 2, 0],
      ],
      [
        [2, 0],
        [3, 1],
      ],
    ) as [Int32Array, Int32Array]
    const expected = x.map((value, i) => value + y[i])
    exactly(asFloats(sum), expected)
    exactly(
      asFloats(product),
      expected.map((value, i) => value * x[i]),
    )
  })

  it('writes inputs and literals out, and one slot twice', () => {
    const x = noise(300)
    const results = pass(
      [300],
      [{ data: x, strides: [1] }],
      [bitsOf(7)],
      [[op.OP_NEG, 2, 0]],
      [[0], [1], [2], [2]],
    ).map(asFloats)
    const negated = x.map(value => -value)
    expect(results).toEqual([x, new Float32Array(300).fill(7), negated, negated])
  })
})
