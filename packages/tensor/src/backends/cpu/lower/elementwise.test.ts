import { describe, expect, it } from '@jest/globals'
import type { AnyTensor, Spec } from '../../../graph/tensor.js'
import * as arithmetic from '../../../primitives/arithmetic.js'
import * as layout from '../../../primitives/layout.js'
import { full } from '../../../primitives/leaves.js'
import * as logic from '../../../primitives/logic.js'
import * as reduce from '../../../primitives/reduce.js'
import { primitives } from '../../../primitives/table.js'
import * as transcendental from '../../../primitives/transcendental.js'
import { agreesWithReference, bool, f32, i32, programOf, u32 } from '../comparison.testing.js'
import { elementwiseNames } from '../code/lanes.js'

const { add, mul, neg, sub } = arithmetic
const { exp, tanh, lgamma, polygamma, sqrt, log, log1p } = transcendental
const { select, lt, cast } = logic

const positive = (x: AnyTensor): AnyTensor => add(arithmetic.abs(x), arithmetic.like(x, 0.25))
const inside = (x: AnyTensor): AnyTensor => mul(x, arithmetic.like(x, 0.4))

/** Name, inputs, outputs; the names of the cases cover the table of operations (checked below). */
const elementwise: readonly (readonly [
  name: string,
  specs: readonly Spec[],
  build: (...inputs: AnyTensor[]) => readonly AnyTensor[],
])[] = [
  ...(['neg', 'abs', 'sign'] as const).flatMap(name =>
    [f32(7, 5), i32(13)].map(spec => [name, [spec], (x: AnyTensor) => [arithmetic[name](x)]] as const),
  ),
  ...(['floor', 'ceil', 'round'] as const).map(
    name => [name, [f32(301)], (x: AnyTensor) => [arithmetic[name](x)]] as const,
  ),
  ...(['add', 'sub', 'mul', 'div', 'mod', 'max', 'min'] as const).flatMap(name =>
    [f32(3, 100), i32(19), u32(259)].map(
      spec => [name, [spec, spec], (a: AnyTensor, b: AnyTensor) => [arithmetic[name](a, b)]] as const,
    ),
  ),
  ...(['exp', 'expm1', 'sin', 'cos', 'tanh', 'erf'] as const).map(
    name => [name, [f32(2, 3, 50)], (x: AnyTensor) => [transcendental[name](x)]] as const,
  ),
  ['sqrt', [f32(77)], x => [sqrt(positive(x))]],
  ['log', [f32(77)], x => [log(positive(x))]],
  ['log1p', [f32(77)], x => [log1p(inside(x))]],
  ['erfinv', [f32(77)], x => [transcendental.erfinv(inside(x))]],
  ['lgamma', [f32(77)], x => [lgamma(positive(x))]],
  ['polygamma', [f32(77)], x => [polygamma(positive(x), 0), polygamma(positive(x), 2)]],
  ['pow', [f32(55), f32(55)], (a, b) => [transcendental.pow(positive(a), b)]],
  ['atan2', [f32(55), f32(55)], (a, b) => [transcendental.atan2(a, b)]],
  ['normalFromBits', [u32(600)], x => [transcendental.normalFromBits(x)]],
  ...(['eq', 'lt', 'le'] as const).flatMap(name =>
    [f32(9), i32(300), u32(5), bool(40)].map(
      spec =>
        [name, [spec, spec], (a: AnyTensor, b: AnyTensor) => [logic[name](a, b), logic[name](a, a)]] as const,
    ),
  ),
  ...(['and', 'or', 'xor'] as const).flatMap(name =>
    [bool(9), i32(300), u32(5)].map(
      spec => [name, [spec, spec], (a: AnyTensor, b: AnyTensor) => [logic[name](a, b)]] as const,
    ),
  ),
  ...[bool(9), i32(300), u32(5)].map(spec => ['not', [spec], (x: AnyTensor) => [logic.not(x)]] as const),
  ...(['shiftLeft', 'shiftRight'] as const).flatMap(name =>
    [i32(31), u32(31)].map(
      spec => [name, [spec, spec], (a: AnyTensor, b: AnyTensor) => [logic[name](a, b)]] as const,
    ),
  ),
  ...[f32(66), i32(66), bool(66)].map(
    spec =>
      [
        'select',
        [bool(66), spec, spec],
        (c: AnyTensor, a: AnyTensor, b: AnyTensor) => [select(c, a, b)],
      ] as const,
  ),
  ...[f32(66), i32(66), u32(66), bool(66)].map(
    spec =>
      [
        'cast',
        [spec],
        (x: AnyTensor) => (['f32', 'i32', 'u32', 'bool'] as const).map(dtype => cast(x, dtype)),
      ] as const,
  ),
]

describe('lowering of elementwise instructions', () => {
  it.each(elementwise)('%s of %j', async (_, specs, build) => {
    await agreesWithReference(programOf(specs, build), { tolerance: 1e-5 })
  })

  it('is tested for every one of them', () => {
    expect(new Set(elementwise.map(([name]) => name))).toEqual(new Set(elementwiseNames))
    const rows = Object.entries(primitives).filter(([, row]) => 'elementwise' in row && row.elementwise)
    expect(new Set(rows.map(([name]) => name))).toEqual(new Set(elementwiseNames))
  })
})

const fused: readonly (readonly [
  name: string,
  specs: readonly Spec[],
  build: (...inputs: AnyTensor[]) => readonly AnyTensor[],
])[] = [
  [
    'rows, columns and numbers repeated',
    [f32(6, 1), f32(35), f32(1, 1)],
    (a, b, c) => {
      const wide = [a, b, c].map(x => reduce.broadcast(x, [6, 35])) as [AnyTensor, AnyTensor, AnyTensor]
      return [exp(add(mul(wide[0], wide[1]), wide[2])), sub(wide[1], full([6, 35], 'f32', 2.5))]
    },
  ],
  [
    'an axis repeated in the middle',
    [f32(4, 1, 9), f32(4, 7, 9)],
    (a, b) => [tanh(add(reduce.broadcast(a, [4, 7, 9]), b))],
  ],
  [
    'several results of one pass, over inputs that die',
    [f32(33), f32(33)],
    (a, b) => {
      const [x, y] = [neg(a), neg(b)]
      return [add(x, y), sub(x, y), mul(y, y)]
    },
  ],
  [
    'one value read as it is and repeated',
    [f32(1, 5)],
    a => [
      add(
        reduce.broadcast(a, [5, 5]),
        mul(reduce.broadcast(layout.reshape(a, [5, 1]), [5, 5]), reduce.broadcast(a, [5, 5])),
      ),
    ],
  ],
  ['a scalar', [f32()], a => [exp(add(a, full([], 'f32', 1)))]],
  ['nothing', [f32(0, 3)], a => [exp(a), reduce.sum(a, [1])]],
  [
    'more operations than one run holds',
    [f32(300), f32(300)],
    (a, b) => {
      let x = a
      const kept: AnyTensor[] = []
      for (let i = 0; i < 200; i++) {
        x = i % 3 === 0 ? tanh(add(x, b)) : mul(sub(kept[i - 7] ?? b, x), arithmetic.like(x, 0.3))
        kept.push(x)
      }
      return [x, kept[50]]
    },
  ],
  [
    'types mixed',
    [f32(70), i32(70)],
    (x, n) => [
      select(lt(x, full([70], 'f32', 0)), cast(n, 'f32'), x),
      cast(lt(n, full([70], 'i32', 3)), 'i32'),
    ],
  ],
  [
    'numbers that only runs read, and a result that is one',
    [f32(8)],
    x => [
      add(x, full([8], 'f32', 3)),
      full([8], 'f32', 3),
      full([2], 'bool', 1),
      reduce.sum(full([8], 'f32', 2), [0]),
    ],
  ],
]

describe('lowering of fused runs', () => {
  it.each(fused)('%s', async (_, specs, build) => {
    await agreesWithReference(programOf(specs, build), { tolerance: 1e-5 })
  })
})
