import { describe, expect, it } from '@jest/globals'
import { ndarray } from '../../graph/ndarray.js'
import type { AnyTensor, Spec } from '../../graph/tensor.js'
import { add, neg } from '../../primitives/arithmetic.js'
import { gather, scatterAdd } from '../../primitives/indexing.js'
import * as layout from '../../primitives/layout.js'
import { constant, iota } from '../../primitives/leaves.js'
import { cast } from '../../primitives/logic.js'
import { matmul } from '../../primitives/matmul.js'
import { threefry } from '../../primitives/random.js'
import * as reduce from '../../primitives/reduce.js'
import { agreesWithReference, bool, f32, i32, programOf, u32 } from './comparison.testing.js'
import { planHooks } from './lower.js'

const others: readonly (readonly [
  name: string,
  specs: readonly Spec[],
  build: (...inputs: AnyTensor[]) => readonly AnyTensor[],
])[] = [
  [
    'constant',
    [f32(3)],
    x => [
      add(x, constant(ndarray([1, 2, 3], [3]))),
      constant(ndarray([1, 0], [2], 'bool')),
      add(x, reduce.broadcast(constant(ndarray([4], [])), [3])),
    ],
  ],
  ['iota', [], () => (['f32', 'i32', 'u32'] as const).map(dtype => iota(67, dtype))],
  ...([[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]] as const).map(
    axes =>
      [
        `sum and reduceMax over [${axes.join()}]`,
        [f32(5, 6, 7)],
        (x: AnyTensor) => [reduce.sum(x, axes), reduce.reduceMax(x, axes)],
      ] as const,
  ),
  [
    'sum of scattered axes',
    [f32(3, 1, 4, 5, 1, 6)],
    x => [reduce.sum(x, [0, 2, 5]), reduce.sum(x, [1, 4]), reduce.sum(x, [1, 3])],
  ],
  [
    'sum of many',
    [f32(20011), f32(1500, 3), f32(3, 5000)],
    (a, b, c) => [reduce.sum(a, [0]), reduce.sum(b, [0]), reduce.sum(c, [1])],
  ],
  [
    'sum of whole numbers',
    [i32(5000), u32(7, 11)],
    (a, b) => [reduce.sum(a, [0]), reduce.sum(b, [0]), reduce.reduceMax(a, [0]), reduce.reduceMax(b, [1])],
  ],
  [
    'reductions of nothing',
    [f32(0, 3), i32(0)],
    (a, b) => [reduce.sum(a, [0]), reduce.reduceMax(a, [0]), reduce.reduceMax(b, [0])],
  ],
  [
    'argmax',
    [f32(4, 9, 5), i32(30), u32(6, 7)],
    (a, b, c) => [reduce.argmax(a, 1), reduce.argmax(a, 2), reduce.argmax(b, 0), reduce.argmax(c, 1)],
  ],
  [
    'cumsum',
    [f32(4, 9, 5), i32(30)],
    (a, b) => [reduce.cumsum(a, 1), reduce.cumsum(a, 0, true), reduce.cumsum(a, 2), reduce.cumsum(b, 0)],
  ],
  [
    'argsort',
    [f32(4, 33), i32(100), u32(3, 50)],
    (a, b, c) => [reduce.argsort(a), reduce.argsort(a, true), reduce.argsort(b), reduce.argsort(c, true)],
  ],
  [
    'broadcast',
    [f32(3, 1), bool(1), f32()],
    (a, b, c) => [
      reduce.broadcast(a, [2, 3, 4]),
      reduce.broadcast(b, [5]),
      reduce.broadcast(c, [2, 2]),
      reduce.broadcast(a, [1, 3, 1]),
    ],
  ],
  ['reshape', [i32(4, 6)], x => [layout.reshape(x, [3, 8]), neg(layout.reshape(x, [24]))]],
  [
    'transpose',
    [f32(3, 4, 5), f32(1, 6, 1, 2)],
    (x, y) => [
      layout.transpose(x, [2, 0, 1]),
      layout.transpose(x, [0, 2, 1]),
      layout.transpose(y, [2, 1, 0, 3]),
      layout.transpose(y, [3, 0, 1, 2]),
    ],
  ],
  [
    'slice',
    [f32(7, 9)],
    x => [
      layout.slice(x, { starts: [1, 2], sizes: [3, 3], steps: [2, 2] }),
      layout.slice(x, { starts: [6, 0], sizes: [1, 9], steps: [1, 1] }),
      layout.slice(x, { starts: [6, 0], sizes: [0, 9], steps: [1, 1] }),
    ],
  ],
  [
    'pad',
    [f32(3, 4), bool(2), f32(0, 2)],
    (x, y, z) => [
      layout.pad(x, { low: [1, 0], high: [2, 3], interior: [1, 2], value: -7.5 }),
      layout.pad(y, { low: [1], high: [1], interior: [0], value: 1 }),
      layout.pad(z, { low: [1, 0], high: [1, 0], interior: [0, 0], value: 2 }),
    ],
  ],
  ['concat', [f32(2, 3, 4), f32(2, 1, 4), f32(2, 0, 4)], (a, b, c) => [layout.concat([a, b, c, a], 1)]],
  [
    'reverse',
    [f32(3, 4, 5), f32(0, 2)],
    (x, y) => [layout.reverse(x, [0, 2]), layout.reverse(x, [1]), layout.reverse(y, [0])],
  ],
  ...(
    [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const
  ).flatMap(([l, r]) =>
    [
      [1, 5, 7, 3],
      [3, 33, 65, 40],
      [1, 1, 17, 64],
      [2, 90, 1, 20],
      [1, 70, 80, 90],
    ].map(([b, m, n, k]) => {
      const left = l ? f32(b, k, m) : f32(b, m, k)
      const right = r ? f32(b, n, k) : f32(b, k, n)
      return [
        `matmul ${b}×${m}×${n}×${k}, transposed: ${l}, ${r}`,
        [left, right],
        (x: AnyTensor, y: AnyTensor) => [matmul(x, y, l, r)],
      ] as const
    }),
  ),
  ['matmul of nothing', [f32(2, 3, 0), f32(2, 0, 4)], (a, b) => [matmul(a, b)]],
  [
    'gather',
    [f32(2, 30, 3), i32(2, 9)],
    (x, index) => [gather(x, index), gather(x, index, 'zero'), gather(cast(x, 'i32'), index)],
  ],
  [
    'scatterAdd',
    [i32(2, 60), f32(2, 60, 3)],
    (index, x) => [scatterAdd(index, x, 20), scatterAdd(index, cast(x, 'i32'), 20), scatterAdd(index, x, 0)],
  ],
  ['threefry', [u32(2), u32(5, 9)], (key, counter) => [threefry(key, counter, 0), threefry(key, counter, 7)]],
]

describe('lowering', () => {
  it.each(others)('%s', async (_, specs, build) => {
    await agreesWithReference(programOf(specs, build), { tolerance: 1e-5 })
  })

  it('refuses what tracing removes', () => {
    const instruction = { name: 'stopGradient', params: {}, inputs: [0], outputs: [1] } as const
    const program = {
      values: [f32(1), f32(1)],
      state: 0,
      inputs: 1,
      instructions: [instruction],
      nextState: [],
      outputs: [1],
    }
    expect(() => planHooks.scratch(instruction, program)).toThrow('stopGradient should have been removed')
  })
})
