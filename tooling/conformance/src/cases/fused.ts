import type { DType, Shape, AnyTensor } from '@elbo/tensor'
import { apply, primitives, type Primitive, type PrimitiveName } from '@elbo/tensor/internals'
import { exact, near } from '../agreement.js'
import type { Case, Cases } from '../case.js'
import { draw, listed } from '../values.js'

/** Chains that the fusing pass makes one instruction of. */

const call = (name: PrimitiveName, inputs: readonly AnyTensor[], params: object = {}): AnyTensor =>
  apply(primitives[name] as unknown as Primitive, inputs, params)
const full = (shape: Shape, dtype: DType, value: number): AnyTensor =>
  call('full', [], { shape, dtype, value })
const spread = (x: AnyTensor, shape: Shape): AnyTensor => call('broadcast', [x], { shape })

const chain = (x: AnyTensor, y: AnyTensor, length: number): AnyTensor => {
  let value = x
  for (let i = 0; i < length; i++)
    value = call((['add', 'sub', 'max', 'min'] as const)[i % 4], [value, i % 3 === 0 ? y : x])
  return value
}

const sized = (shape: Shape, i: number): readonly Case[] => [
  {
    about: `a chain over [${shape.join(', ')}]`,
    inputs: [draw(shape, i, 'special'), draw(shape, i + 1, 'special')],
    build: ([x, y]) => [chain(x, y, 7)],
  },
  {
    about: `several results over [${shape.join(', ')}]`,
    inputs: [draw(shape, i), draw(shape, i + 1)],
    build: ([x, y]) => {
      const sum = call('add', [x, y])
      const product = call('mul', [sum, x])
      return [product, sum, call('neg', [product]), call('lt', [sum, product])]
    },
  },
]

const shapes: readonly Shape[] = [[], [0], [1], [3], [17], [255], [1025], [3, 5], [2, 1, 3, 1, 2], [4099]]

const views: readonly Case[] = (
  [
    [[], [5]],
    [[1], [257]],
    [
      [1, 7],
      [9, 7],
    ],
    [[7], [9, 7]],
    [
      [9, 1],
      [9, 7],
    ],
    [
      [2, 1, 5],
      [2, 3, 5],
    ],
    [
      [1, 3, 1],
      [4, 3, 17],
    ],
    [
      [2, 1, 3, 1, 2],
      [2, 4, 3, 5, 2],
    ],
    [[1], [0]],
  ] as readonly (readonly [Shape, Shape])[]
).map(([from, to], i): Case => ({
  about: `[${from.join(', ')}] repeated over [${to.join(', ')}], with a number`,
  inputs: [draw(from, i), draw(to, i + 1)],
  build: ([a, b]) => {
    const repeated = spread(a, to)
    return [call('mul', [call('add', [repeated, b]), full(to, 'f32', 0.5)]), call('sub', [b, repeated])]
  },
}))

const mixed: readonly Case[] = [
  {
    about: 'all element types in one run',
    inputs: [draw([37], 1, 'special'), draw([37], 2, 'special', 'i32'), draw([37], 3, 'special', 'u32')],
    build: ([x, n, w]) => {
      const whole = call('cast', [x], { dtype: 'i32' })
      const sum = call('add', [whole, n])
      const bits = call('xor', [call('cast', [sum], { dtype: 'u32' }), w])
      const flag = call('and', [call('lt', [n, whole]), call('not', [call('eq', [sum, n])])])
      return [
        call('select', [flag, sum, n]),
        bits,
        call('cast', [flag], { dtype: 'f32' }),
        call('shiftRight', [bits, w]),
      ]
    },
  },
  {
    about: 'a run longer than a backend may take at once',
    inputs: [draw([33], 1), draw([33], 2)],
    build: ([x, y]) => [chain(x, y, 200)],
  },
  {
    about: 'many inputs at once',
    inputs: Array.from({ length: 40 }, (_, i) => draw([19], i)),
    build: inputs => [inputs.reduce((a, b) => call('max', [a, b]))],
  },
  {
    about: 'many results at once',
    inputs: [draw([19], 1)],
    build: ([x]) => {
      const results: AnyTensor[] = [x]
      for (let i = 0; i < 50; i++) results.push(call('add', [results[i], x]))
      return results
    },
  },
  {
    about: 'a run beside a run of another shape, and a sum between two runs',
    inputs: [draw([3, 5], 1, 'whole'), draw([5], 2, 'whole')],
    build: ([x, y]) => {
      const below = call('neg', [call('add', [x, x])])
      const total = call('sum', [below], { axes: [0] })
      return [call('mul', [call('add', [total, y]), y]), call('sub', [below, spread(total, [3, 5])])]
    },
  },
  {
    about: 'functions that round',
    agreement: near(2e-6),
    inputs: [draw([4, 33], 1), draw([33], 2, 'positive')],
    build: ([x, s]) => {
      const z = call('div', [x, spread(s, [4, 33])])
      const e = call('exp', [call('neg', [call('mul', [z, z])])])
      return [
        call('log1p', [e]),
        call('tanh', [call('sin', [z])]),
        call('polygamma', [call('add', [e, full([4, 33], 'f32', 1)])], { order: 1 }),
      ]
    },
  },
  {
    about: 'numbers that are not finite',
    inputs: [listed([NaN, Infinity, -Infinity, -0, 0, 1]), listed([0, 1, Infinity, -0, 5, NaN])],
    build: ([x, y]) => [
      call('select', [call('le', [x, y]), call('max', [x, y]), call('min', [x, y])]),
      call('mul', [call('abs', [call('sign', [x])]), y]),
    ],
  },
]

export const fusedCases: Cases = {
  agreement: exact,
  cases: () => [...shapes.flatMap(sized), ...views, ...mixed],
}
