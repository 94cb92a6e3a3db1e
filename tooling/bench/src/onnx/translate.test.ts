import { beforeAll, describe, expect, it } from '@jest/globals'
import { optimise, passNames, spec, type AnyTensor, type NDArray, type Program } from '@elbo/tensor'
import {
  apply,
  flatten,
  interpret,
  placeholder,
  primitives,
  scanNode,
  singles,
  type PrimitiveName,
} from '@elbo/tensor/internals'
import { InferenceSession, Tensor, env } from 'onnxruntime-web'
import { NoGraph, toOnnx } from './index.js'

beforeAll(() => {
  env.wasm.numThreads = 1
})

const passes = passNames.filter(name => name !== 'fuse')

const f32 = (shape: readonly number[], f: (i: number) => number = i => Math.sin(3 * i + 1)): NDArray => ({
  ...{ shape, dtype: 'f32' },
  data: Float32Array.from({ length: shape.reduce((size, n) => size * n, 1) }, (_, i) => f(i)),
})
const i32 = (shape: readonly number[], numbers: readonly number[]): NDArray => ({
  ...{ shape, dtype: 'i32', data: Int32Array.from(numbers) },
})
const u32 = (shape: readonly number[], numbers: readonly number[]): NDArray => ({
  ...{ shape, dtype: 'u32', data: Uint32Array.from(numbers) },
})
const bool = (shape: readonly number[], numbers: readonly number[]): NDArray => ({
  ...{ shape, dtype: 'bool', data: Uint8Array.from(numbers) },
})

const fed = ({ dtype, data, shape }: NDArray): Tensor =>
  dtype === 'f32'
    ? new Tensor('float32', data as Float32Array, shape)
    : dtype === 'bool'
      ? new Tensor('bool', data as Uint8Array, shape)
      : new Tensor('int32', Int32Array.from(data), shape)

/** A function of arrays as a program. */
const programOf = (
  f: (...inputs: AnyTensor[]) => readonly AnyTensor[],
  inputs: readonly NDArray[],
): Program => {
  const parameters = inputs.map(({ shape, dtype }, i) => placeholder(shape, dtype, `input ${i}`))
  return flatten({ state: [], inputs: parameters, nextState: [], outputs: f(...parameters) })
}

/** What ONNX Runtime computes, as plain numbers, beside the program's plain meaning. */
const both = async (program: Program, inputs: readonly NDArray[]) => {
  const model = toOnnx(optimise(program, passes))
  const session = await InferenceSession.create(model.bytes, { logSeverityLevel: 3 })
  const made = await session.run(Object.fromEntries(model.inputs.map((name, i) => [name, fed(inputs[i])])))
  const meant = interpret(program, inputs, singles).outputs
  const numbers = model.outputs.map(name => {
    const { data, dims, type } = made[name]
    return { shape: dims, type, data: Array.from(data as ArrayLike<number>, Number) }
  })
  await session.release()
  return { numbers, meant }
}

const agrees = async (program: Program, inputs: readonly NDArray[], digits = 5): Promise<void> => {
  const { numbers, meant } = await both(program, inputs)
  expect(numbers).toHaveLength(meant.length)
  meant.forEach(({ shape, dtype, data }, i) => {
    expect(numbers[i].shape).toEqual(shape)
    numbers[i].data.forEach((value, at) => {
      const one = data[at]
      // u32 is held as int32 of the same bits.
      if (dtype === 'u32') expect(value >>> 0).toBe(one)
      else if (dtype !== 'f32' || !Number.isFinite(one)) expect(value).toBe(one)
      else expect(Math.abs(value - one) / Math.max(1, Math.abs(one))).toBeLessThan(10 ** -digits)
    })
  })
}

type Case = readonly [name: PrimitiveName, inputs: readonly NDArray[], params?: object]

const window = {
  stride: [1, 1],
  padding: [
    [1, 1],
    [1, 1],
  ],
  dilation: [1, 1],
  groups: 1,
} as const
const uneven = {
  stride: [2, 1],
  padding: [
    [1, 0],
    [0, 2],
  ],
  dilation: [1, 2],
  groups: 1,
} as const
const halves = f32([2, 3], i => (i - 2) / 2)
const positive = f32([2, 3], i => 0.1 + i)
const words = u32([2, 2], [0, 7, 2 ** 31, 2 ** 32 - 1])
const whole = i32([2, 2], [-7, 0, 3, 2 ** 31 - 1])
const flags = bool([2, 2], [0, 1, 1, 0])
const other = bool([2, 2], [1, 1, 0, 0])

const unary = (['neg', 'abs', 'sign', 'floor', 'ceil', 'round', 'exp', 'expm1', 'sin', 'cos'] as const).map(
  (name): Case => [name, [halves]],
)
const smooth = (['tanh', 'erf', 'sqrt', 'log', 'log1p'] as const).map((name): Case => [name, [positive]])
const pairs = (['add', 'sub', 'mul', 'div', 'mod', 'max', 'min', 'eq', 'lt', 'le'] as const).map(
  (name): Case => [name, [f32([2, 3]), halves]],
)
const logic = (['and', 'or', 'xor'] as const).flatMap((name): readonly Case[] => [
  [name, [flags, other]],
  [name, [words, u32([2, 2], [5, 6, 2 ** 31 + 1, 1])]],
])

const cases: readonly Case[] = [
  ...[...unary, ...smooth, ...pairs, ...logic],
  ['expm1', [f32([6], i => [1e-6, -1e-4, 0.4, -0.6, 20, 100][i])]],
  ['log1p', [f32([6], i => [1e-6, -1e-4, 0, -0.6, 20, Infinity][i])]],
  ['pow', [positive, halves]],
  ['mod', [whole, i32([2, 2], [3, 4, -2, 5])]],
  ...(['add', 'sub', 'mul'] as const).map((name): Case => [name, [words, words]]),
  ...(['not'] as const).flatMap((name): readonly Case[] => [
    [name, [flags]],
    [name, [words]],
  ]),
  ['select', [flags, whole, i32([2, 2], [1, 2, 3, 4])]],
  ...(['f32', 'i32', 'u32', 'bool'] as const).flatMap((dtype): readonly Case[] => [
    ['cast', [halves], { dtype: dtype === 'u32' ? 'f32' : dtype }],
    ['cast', [words], { dtype }],
    ['cast', [whole], { dtype }],
    ['cast', [flags], { dtype }],
  ]),
  ['cast', [u32([], [2 ** 31 + 2 ** 20])], { dtype: 'f32' }],
  ['cast', [positive], { dtype: 'u32' }],
  ['sum', [f32([2, 3, 4])], { axes: [0, 2] }],
  ['sum', [i32([2, 2], [-7, 0, 3, 9])], { axes: [1] }],
  ['reduceMax', [f32([2, 3, 4])], { axes: [1] }],
  ['argmax', [f32([2, 3, 4])], { axis: 2 }],
  ['cumsum', [f32([2, 3, 4])], { axis: 1, reverse: false }],
  ['cumsum', [f32([2, 3, 4])], { axis: 1, reverse: true }],
  ['broadcast', [f32([3, 1])], { shape: [2, 3, 4] }],
  ['reshape', [f32([2, 6])], { shape: [3, 4] }],
  ['reshape', [f32([0, 6])], { shape: [3, 0] }],
  ['transpose', [f32([2, 3, 4])], { permutation: [2, 0, 1] }],
  ['slice', [f32([5, 6])], { starts: [1, 0], sizes: [2, 3], steps: [3, 2] }],
  ['pad', [f32([2, 3])], { low: [1, 0], high: [0, 2], interior: [0, 0], value: -1 }],
  ['pad', [f32([2, 3])], { low: [1, 0], high: [0, 2], interior: [2, 1], value: 0.5 }],
  ['concat', [f32([2, 1]), f32([2, 3])], { axis: 1 }],
  ['reverse', [f32([2, 3])], { axes: [0, 1] }],
  ...[false, true].flatMap(transposeLeft =>
    [false, true].flatMap(transposeRight =>
      [1, 2].map((batch): Case => {
        const left = f32(transposeLeft ? [batch, 3, 2] : [batch, 2, 3])
        const right = f32(transposeRight ? [batch, 4, 3] : [batch, 3, 4])
        return ['matmul', [left, right], { transposeLeft, transposeRight }]
      }),
    ),
  ),
  ['conv2d', [f32([2, 3, 5, 6]), f32([4, 3, 3, 3])], window],
  ['conv2d', [f32([2, 4, 6, 7]), f32([6, 2, 2, 3])], { ...uneven, groups: 2 }],
  ['conv2dInput', [f32([2, 4, 5, 6]), f32([4, 3, 3, 3])], { ...window, size: [5, 6] }],
  ['conv2dInput', [f32([2, 4, 3, 5]), f32([4, 3, 2, 3])], { ...uneven, size: [6, 7] }],
  ['conv2dInput', [f32([2, 4, 3, 5]), f32([4, 3, 2, 3])], { ...uneven, size: [5, 7] }],
  ['conv2dKernel', [f32([2, 3, 5, 6]), f32([2, 4, 5, 6])], { ...window, kernel: [3, 3] }],
  ['conv2dKernel', [f32([2, 3, 6, 7]), f32([2, 4, 3, 5])], { ...uneven, kernel: [2, 3] }],
  ['conv2dKernel', [f32([2, 3, 5, 7]), f32([2, 4, 3, 5])], { ...uneven, kernel: [2, 3] }],
]

describe('a program as an ONNX graph', () => {
  it.each(cases.map(([name, inputs, params = {}]) => ({ name, inputs, params })))(
    'means what it means: $name',
    async ({ name, inputs, params }) => {
      const row = primitives[name] as unknown as Parameters<typeof apply>[0]
      const program = programOf((...given) => [apply(row, given, params)], inputs)
      await agrees(program, inputs)
    },
  )

  it.each([
    { what: 'twice each, in order', picks: [0, 0, 1, 1, 2, 2] },
    { what: 'in any order', picks: [2, 0, 0, 1, 2] },
    { what: 'each row by its own', picks: [2, 0, 0, 1, 1, 0, 2, 2], rows: 4 },
  ])('picks and scatters by constant indices: $what', async ({ picks, rows = 1 }) => {
    const count = picks.length / rows
    const row = i32([rows, count], picks)
    const x = f32([4, 3, 2])
    const updates = f32([4, count, 2])
    const program = programOf(
      (x, updates) => {
        const index = apply(primitives.broadcast, [apply(primitives.constant, [], { value: row })], {
          shape: [4, count],
        })
        return [
          apply(primitives.gather, [x, index], { outside: 'NaN' as const }),
          apply(primitives.scatterAdd, [index, updates], { length: 3 }),
        ]
      },
      [x, updates],
    )
    await agrees(program, [x, updates])
  })

  it.each([false, true])('runs loops, backwards: %s', async reverse => {
    const inputs = [f32([3]), f32([4, 3]), f32([3])]
    const program = programOf((start, sequence, weight) => {
      const { carry, outputs } = scanNode(
        ([state], [slice]) => {
          const next = apply(primitives.add, [apply(primitives.mul, [state, weight], {}), slice], {})
          return { carry: [next], outputs: [apply(primitives.tanh, [next], {}), slice] }
        },
        [start],
        [sequence],
        { reverse },
      )
      return [...carry, ...outputs]
    }, inputs)
    await agrees(program, inputs)
  })

  it('refuses what ONNX has no operator for, by name', () => {
    const x = f32([3])
    expect(() => toOnnx(programOf(x => [apply(primitives.lgamma, [x], {})], [x]))).toThrow(
      new NoGraph('onnx: lgamma has no translation'),
    )
  })

  it.each([
    { what: 'u32', index: undefined, message: 'onnx: ReduceSum of u32 has no translation' },
    { what: 'an index', index: [3], message: 'onnx: the constant index 3 is out of 3' },
  ])('refuses what would be wrong: $what', ({ index, message }) => {
    const [x, words] = [f32([1, 3, 2]), u32([2], [1, 2])]
    const program = programOf(
      (x, words) =>
        index === undefined
          ? [apply(primitives.sum, [words], { axes: [0] })]
          : [
              apply(primitives.gather, [x, apply(primitives.constant, [], { value: i32([1, 1], index) })], {
                outside: 'zero' as const,
              }),
            ],
      [x, words],
    )
    expect(() => toOnnx(program)).toThrow(new NoGraph(message))
  })

  it('gives no output to state that a step leaves as it is', () => {
    const [kept, changed] = [spec([2]), spec([2])].map(({ shape }, i) => placeholder(shape, 'f32', `${i}`))
    const model = toOnnx(
      flatten({
        ...{ state: [kept, changed], inputs: [], nextState: [kept, apply(primitives.neg, [changed], {})] },
        outputs: [changed],
      }),
    )
    expect(model.nextState[0]).toBe(model.state[0])
    expect(new Set([...model.state, model.nextState[1], ...model.outputs]).size).toBe(4)
  })
})
