import { describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import { run } from '../runtime/run.js'
import { evaluator } from '../runtime/evaluate.js'
import { reference } from '../backends/reference/reference.js'
import { ndarray, type NDArray } from '../graph/ndarray.js'
import type { Tensor } from '../graph/tensor.js'
import { type AnyTensor } from '../graph/tensor.js'
import { tensor } from '../ops/creation.js'
import { add, mul } from '../ops/elementwise.js'
import { leavesInForm, leavesOf, mapTree, traverseTree, withLeaves, zipTrees } from './tree.js'

const evaluate = evaluator(run(reference()))
const leaf = (value: number): NDArray => ndarray([value], [1])
const tree = {
  encoder: [{ weight: leaf(1), bias: leaf(2) }, { weight: leaf(3) }],
  scale: leaf(4),
  nothing: [],
  none: {},
}

describe('trees', () => {
  it('name their leaves by key paths, in the order in which they are written', () => {
    expect(leavesOf<NDArray>(tree).map(({ path, leaf: { data } }) => [path, data[0]])).toEqual([
      ['encoder.0.weight', 1],
      ['encoder.0.bias', 2],
      ['encoder.1.weight', 3],
      ['scale', 4],
    ])
    expect(leavesOf(leaf(1)).map(({ path }) => path)).toEqual([''])
  })

  it('are rebuilt from leaves: form and order come back', () => {
    const leaves = leavesOf(tree).map(place => place.leaf)
    expect(withLeaves(tree, leaves)).toEqual(tree)
    expect(withLeaves([leaf(1), { b: leaf(2) }], ['x', 'y'])).toEqual(['x', { b: 'y' }])
  })

  it('find leaves by path, whatever the order of the keys', () => {
    const other = {
      scale: leaf(4),
      none: {},
      encoder: [{ bias: leaf(2), weight: leaf(1) }, { weight: leaf(3) }],
    }
    expect(leavesInForm<NDArray>('load', tree, other).map(({ data }) => data[0])).toEqual([1, 2, 3, 4])
    expect(() => leavesInForm('load', tree, { ...other, scale: {} })).toThrow(
      new TypeError('load: scale is missing'),
    )
    expect(() => leavesInForm('load', tree, { ...other, extra: [leaf(1)] })).toThrow(
      new TypeError('load: extra.0 is not expected'),
    )
    expect(() => leavesInForm('load', tree, leaf(1))).toThrow(
      new TypeError('load: encoder.0.weight is missing'),
    )
  })

  it.each<readonly [string, unknown, string]>([
    ['a number', { a: { b: 1 } }, 'tree: a.b is number; a tree holds records, arrays, tensors'],
    ['null', { a: [null] }, 'tree: a.0 is null; a tree holds records, arrays, tensors'],
    ['undefined', undefined, 'tree: the root is undefined; a tree holds records, arrays, tensors'],
    ['a function', { f: () => 1 }, 'tree: f is function; a tree holds records, arrays, tensors'],
  ])('refuse %s', (_, wrong, message) => {
    expect(() => leavesOf(wrong)).toThrow(new TypeError(message))
  })

  it('are mapped leaf by leaf', () => {
    const paths: string[] = []
    const specs = mapTree((x: NDArray, path) => {
      paths.push(path)
      return { shape: [x.data[0]], dtype: x.dtype }
    })(tree)
    expect(paths).toEqual(['encoder.0.weight', 'encoder.0.bias', 'encoder.1.weight', 'scale'])
    expect(specs.encoder[1]).toEqual({ weight: { shape: [3], dtype: 'f32' } })
  })

  it('are zipped path by path', async () => {
    const one = { a: tensor([1], [1]), b: tensor([2], [1]) }
    const zipped = zipTrees(
      (x, y, z) => add(mul(y as Tensor)(x as Tensor))(z as Tensor),
      one,
      { b: tensor([30], [1]), a: tensor([20], [1]) },
      one,
    )
    const { a, b } = await evaluate(zipped)
    expect([a.data[0], b.data[0]]).toEqual([21, 62])
    expect(() => zipTrees((x: AnyTensor) => x, one, { a: one.a } as never)).toThrow(
      new TypeError('zipTrees: b is missing'),
    )
  })

  it('are traversed in an applicative, first failure first', () => {
    const positive = (x: NDArray, path: string): E.Either<string, NDArray> =>
      x.data[0] > 2 ? E.left(`${path} is ${x.data[0]}`) : E.right(leaf(10 * x.data[0]))
    expect(traverseTree(E.Applicative)(positive)(tree)).toEqual(E.left('encoder.1.weight is 3'))
    expect(traverseTree(E.Applicative)(positive)({ a: leaf(1), b: [leaf(2)] })).toEqual(
      E.right({ a: leaf(10), b: [leaf(20)] }),
    )
  })

  it('are traversed without overflowing the stack', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => leaf(i))
    const sized = traverseTree(E.Applicative)((x: NDArray) => E.right(x))(many)
    expect(E.isRight(sized) && (sized.right as readonly NDArray[]).length).toBe(20_000)
  })
})
