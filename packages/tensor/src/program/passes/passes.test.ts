import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import { ndarray } from '../../graph/ndarray.js'
import type { Tensor } from '../../graph/tensor.js'
import { constant, full, scalar } from '../../ops/creation.js'
import { add, div, lt, mul, sub, where } from '../../ops/elementwise.js'
import { exp, neg, sqrt, tanh } from '../../ops/functions.js'
import { broadcastTo, concat, reshape, stack, transpose } from '../../ops/layout.js'
import { matmul } from '../../ops/products.js'
import { cumsum, max, softmax, sum } from '../../ops/reduction.js'
import { scan } from '../../ops/scan.js'
import { optimise, type PassName } from '../optimise.js'
import type { Program } from '../program.js'
import { trace } from '../trace.js'

type Vector = Tensor<[3]>
type Matrix = Tensor<[2, 3]>
const specs = {
  x: { shape: [3], dtype: 'f32' },
  y: { shape: [3], dtype: 'f32' },
  m: { shape: [2, 3], dtype: 'f32' },
} as const
type Inputs = { x: Vector; y: Vector; m: Matrix }

const after = (passes: readonly PassName[], f: (inputs: Inputs) => unknown): Program =>
  optimise(
    trace((_: object, inputs: Inputs) => [{}, f(inputs)], { state: {}, inputs: specs }).program,
    passes,
  )

const names = ({ instructions }: Program): readonly string[] => instructions.map(({ name }) => name)

describe('fold', () => {
  it('works out what depends on numbers alone, where that is exact', () => {
    expect(after(['fold', 'prune'], () => sqrt(add(full([3], 1))(full([3], 8)))).instructions).toMatchObject([
      { name: 'full', params: { value: 3 } },
    ])
    expect(names(after(['fold', 'prune'], () => exp(full([3], 1))))).toEqual(['full', 'exp'])
  })

  it.each<readonly [string, (x: Vector) => unknown, readonly string[]]>([
    ['x·1', mul(1), []],
    ['1·x', x => mul(x)(full([3], 1)), []],
    ['x/1', div(1), []],
    ['x − 0', sub(0), []],
    ['x + 0, which is not x for −0', add(0), ['full', 'add']],
    ['x − (−0), which is not x for −0', sub(-0), ['full', 'sub']],
  ])('%s', (_, f, left) => {
    expect(names(after(['fold', 'prune'], ({ x }) => f(x)))).toEqual(left)
  })

  it('chooses where the condition is known, so that the other side is not computed', () => {
    const chosen = (rate: number) =>
      names(after(['fold', 'prune'], ({ x }) => where(exp(x), tanh(x))(lt(full([3], 10))(full([3], rate)))))
    expect(chosen(4)).toEqual(['exp'])
    expect(chosen(40)).toEqual(['tanh'])
  })

  it('keeps apart the numbers of parts that are joined', () => {
    const { instructions } = after(['fold', 'prune'], () => [
      concat(0)([full([2], 1), full([1], 2)]),
      stack(0)([scalar(0), scalar(-0)]),
      concat(0)([full([2], 5), full([1], 5)]),
    ])
    expect(instructions.map(({ name, params }) => [name, params])).toEqual([
      ['constant', { value: { shape: [3], dtype: 'f32', data: Float32Array.of(1, 1, 2) } }],
      ['constant', { value: { shape: [2], dtype: 'f32', data: Float32Array.of(0, -0) } }],
      ['full', { shape: [3], dtype: 'f32', value: 5 }],
    ])
  })
})

describe('merge', () => {
  it('does the same work once, and different work apart', () => {
    const program = after(['merge', 'prune'], ({ x, y }) => [exp(x), exp(x), exp(y), sum()(x), sum()(x)])
    expect(names(program)).toEqual(['exp', 'exp', 'sum'])
    expect(program.outputs[0]).toBe(program.outputs[1])
  })

  it('takes one array for itself, and equal arrays for two', () => {
    const data = ndarray([1, 2, 3], [3])
    const twice = after(['merge', 'prune'], () => [constant(data), constant(data), constant({ ...data })])
    expect(names(twice)).toEqual(['constant', 'constant'])
  })

  it('merges equal loops', () => {
    const program = after(['merge', 'prune'], ({ x }) =>
      [1, 2].map(() => scan((c: Vector) => [tanh(c), []] as const, { length: 4 })(x, [])[0]),
    )
    expect(names(program)).toEqual(['scan'])
  })
})

describe('contract', () => {
  it('reads a transposed operand in place', () => {
    const program = after(['contract', 'prune'], ({ m }) => matmul(transpose()(m))(m))
    expect(names(program)).not.toContain('transpose')
    expect(program.instructions.find(({ name }) => name === 'matmul')?.params).toEqual({
      transposeLeft: false,
      transposeRight: true,
    })
  })
})

describe('prune', () => {
  it('drops what no result needs, in loops too', () => {
    const program = after(['prune'], ({ x, y }) => {
      exp(y)
      const [last] = scan((c: Vector, s: Tensor<[]>) => [add(1)(c), { unused: exp(mul(s)(c)) }] as const)(
        y,
        x,
      )
      return last
    })
    expect(names(program)).toEqual(['scan'])
    expect(names(program.instructions[0].body as Program)).toEqual(['full', 'add'])
    expect(program.instructions[0].outputs).toHaveLength(1)
  })
})

describe('fuse', () => {
  it('makes one instruction of elementwise ones, with the views that they read', () => {
    const program = after(['fuse'], ({ x, m }) => tanh(mul(0.5)(add(x)(m))))
    expect(names(program)).toEqual(['fused'])
    expect(names(program.instructions[0].body as Program)).toEqual([
      'broadcast',
      'full',
      'add',
      'mul',
      'tanh',
    ])
  })

  it('leaves a single instruction as it is, and cuts where a result of another kind is read', () => {
    expect(names(after(['fuse'], ({ x }) => exp(x)))).toEqual(['exp'])
    expect(names(after(['fuse'], ({ x }) => neg(exp(broadcastTo([3])(cumsum(0)(exp(neg(x))))))))).toEqual([
      'fused',
      'cumsum',
      'fused',
    ])
  })

  const bodies = ({ instructions }: Program): readonly (readonly string[])[] =>
    instructions.map(({ name, body }) => (body === undefined ? [name] : names(body)))

  it('ends a run in reductions over neighbouring axes, all of one way', () => {
    expect(bodies(after(['fuse'], ({ m }) => [sum(1)(exp(m)), max(1)(exp(neg(m)))]))).toEqual([
      ['exp', 'sum', 'neg', 'exp', 'reduceMax'],
    ])
    expect(bodies(after(['fuse'], ({ m }) => [sum(1)(exp(m)), sum(0)(exp(neg(m)))]))).toEqual([
      ['exp', 'sum', 'neg', 'exp'],
      ['sum'],
    ])
    const cube = (m: Matrix) => reshape([2, 3, 1])(m)
    expect(bodies(after(['fuse'], ({ m }) => sum([0, 2])(exp(cube(m)))))).toEqual([
      ['reshape'],
      ['exp', 'sum'],
    ])
    expect(bodies(after(['fuse'], ({ m }) => sum([0, 2])(exp(broadcastTo([2, 2, 3])(m)))))).toEqual([
      ['broadcast', 'exp'],
      ['sum'],
    ])
    expect(bodies(after(['fuse'], ({ m }) => sum(1)(m)))).toEqual([['sum']])
  })

  it('reads a reduction in a run of its own', () => {
    expect(bodies(after(['fuse'], ({ m }) => pipe(m, exp, softmax())))).toEqual([
      ['exp', 'reduceMax'],
      ['reshape'],
      ['broadcast', 'sub', 'exp', 'sum'],
      ['reshape'],
      ['broadcast', 'div'],
    ])
  })

  it('computes at its reader what is read late, where that reads no more', () => {
    // x / 2 could be had at once; its only reader waits for a product.
    const late = after(['fuse', 'prune'], ({ x, y, m }) => {
      const product = reshape([3])(matmul(reshape([1, 1])(sum()(x)))(reshape([3, 1])(exp(sum(0)(m)))))
      return add(mul(0.5)(y))(product)
    })
    expect(bodies(late).filter(names => names.includes('mul'))).toEqual([['full', 'mul', 'add']])
    // Both x and y would have to be kept for x + y; the exponential reads one array, whether late or early.
    const early = after(['fuse', 'prune'], ({ x, y, m }) => {
      const product = reshape([3])(matmul(reshape([1, 1])(sum()(x)))(reshape([3, 1])(exp(sum(0)(m)))))
      return mul(exp(add(x)(y)))(product)
    })
    expect(bodies(early).filter(names => names.includes('add'))).toEqual([['add']])
  })
})
