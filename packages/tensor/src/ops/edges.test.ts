import { describe, expect, it } from '@jest/globals'
import { reference } from '../backends/reference/reference.js'
import { ndarray } from '../graph/ndarray.js'
import type { AnyTensor, Tensor } from '../graph/tensor.js'
import { evaluator } from '../runtime/evaluate.js'
import { run } from '../runtime/run.js'
import { arange, constant, full, ones, tensor, zeros, zerosLike } from './creation.js'
import { add, clip, eq, gt, mod, ne, where } from './elementwise.js'
import { isFinite, isNaN, sigmoid, sinh, softplus } from './functions.js'
import { conv2dTranspose } from './images.js'
import { argsort, oneHot, scatterAdd, sort, take, topK } from './indexing.js'
import { pad, parts, slice } from './layout.js'
import { einsum } from './products.js'
import { all, any, argmax, argmin, logSumExp, max, mean, min, prod, softmax, sum } from './reduction.js'
import { resize } from './resize.js'

const evaluate = evaluator(run(reference()))
type Real = Tensor<number[]>
const vector = (...values: readonly number[]): Real =>
  constant(ndarray(values, [values.length])) as unknown as Real
const numbers = async (x: AnyTensor): Promise<number[]> => Array.from((await evaluate(x)).data)
const [inf, nan] = [Infinity, NaN]

describe('numbers that an element type does not have', () => {
  const whole = tensor([1, 2], [2], 'i32')
  it.each<readonly [string, () => unknown, string]>([
    ['a fraction', () => add(0.5)(whole), 'full: 0.5 is not a number that i32 has'],
    ['an infinity', () => clip(0, inf)(whole), 'full: Infinity is not a number that i32 has'],
    ['too large a number', () => full([1], 2 ** 31, 'i32'), 'full: 2147483648 is not a number that i32 has'],
    ['a negative one', () => full([1], -1, 'u32'), 'full: -1 is not a number that u32 has'],
    ['another truth value', () => full([1], 2, 'bool'), 'full: 2 is not a number that bool has'],
    ['padding', () => pad([[1, 0]], nan)(whole), 'pad: NaN is not a number that i32 has'],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message)
  })

  it('arange: a length that is none', () => {
    expect(() => arange(-1)).toThrow('arange: the length -1 is not a non-negative integer')
  })
})

describe('what has no elements', () => {
  const nothing = zeros([0, 3]) as unknown as Real
  it.each<readonly [string, (x: Real) => AnyTensor, readonly number[]]>([
    ['sum', sum(0), [0, 0, 0]],
    ['prod', prod(0), [1, 1, 1]],
    ['max', max(0), [-inf, -inf, -inf]],
    ['min', min(0), [inf, inf, inf]],
    ['mean', mean(0), [nan, nan, nan]],
    ['logSumExp', logSumExp(0), [-inf, -inf, -inf]],
    ['softmax', softmax(0), []],
    ['sort', sort(0), []],
    ['any', x => any(0)(gt(0)(x)), [0, 0, 0]],
    ['all', x => all(0)(gt(0)(x)), [1, 1, 1]],
  ])('%s', async (_, f, expected) => {
    expect(await numbers(f(nothing))).toEqual(expected)
  })

  it('the lowest and the highest integers stand for none', async () => {
    const none = tensor([], [0], 'i32') as unknown as Tensor<number[], 'i32'>
    expect(await numbers(max()(none))).toEqual([-(2 ** 31)])
    expect(await numbers(min()(none))).toEqual([2 ** 31 - 1])
  })

  it('has no largest element to find', () => {
    expect(() => argmax(0)(nothing)).toThrow('argmax: [0, 3]: axis 0 is empty')
    expect(() => argmin(0)(nothing)).toThrow('argmin: [0, 3]: axis 0 is empty')
  })
})

describe('indices out of range', () => {
  it('read NaN, or 0 where there is none', async () => {
    const outside = tensor([-1, 0, 3], [3], 'i32')
    expect(await numbers(take(outside, 0)(vector(5, 6, 7)))).toEqual([nan, 5, nan])
    expect(await numbers(take(outside, 0)(tensor([5, 6, 7], [3], 'u32')))).toEqual([0, 5, 0])
  })

  it('add nothing, and are no class', async () => {
    const outside = tensor([-1, 1, 9], [3], 'i32') as unknown as Tensor<number[], 'i32'>
    expect(await numbers(scatterAdd(outside, vector(10, 20, 30))(vector(1, 2)))).toEqual([1, 22])
    expect(await numbers(oneHot(2)(outside))).toEqual([0, 0, 0, 1, 0, 0])
  })

  it('are refused where they are written out', () => {
    expect(() => topK(4)(vector(1, 2, 3))).toThrow('topK: [3]: axis -1 has no 4 elements')
    expect(() => scatterAdd(tensor([0], [1], 'i32') as never, vector(1, 2))(vector(1, 2))).toThrow(
      'scatterAdd: [2] at [1] along axis 0: updates are [2], not [1]',
    )
  })
})

describe('numbers that are not finite', () => {
  it('stay off the diagonal where they are', async () => {
    const square = constant(ndarray([1, inf, nan, 2], [2, 2])) as unknown as Tensor<[2, 2]>
    expect(await numbers(einsum('ii->')(square))).toEqual([3])
    expect(await numbers(einsum('ii->i')(square))).toEqual([1, 2])
  })

  it('stay in their pixel when an image is resized by nearest neighbours', async () => {
    const image = constant(ndarray([1, inf, nan, 2], [1, 1, 2, 2])) as unknown as Real
    expect(await numbers(resize([2, 4], 'nearest')(image))).toEqual([1, 1, inf, inf, nan, nan, 2, 2])
    const above = [1, 1, 1, inf, inf, inf]
    const below = [nan, nan, nan, 2, 2, 2]
    expect(await numbers(resize([4, 6], 'nearest')(image))).toEqual([...above, ...above, ...below, ...below])
    expect(await numbers(resize([3, 2], 'nearest')(image))).toEqual([1, inf, 1, inf, nan, 2])
    expect(await numbers(resize([1, 1], 'nearest')(image))).toEqual([1])
  })

  it('are told apart', async () => {
    const x = vector(1, nan, inf, -inf, -0)
    expect(await numbers(isNaN(x))).toEqual([0, 1, 0, 0, 0])
    expect(await numbers(isFinite(x))).toEqual([1, 0, 0, 0, 1])
    expect(await numbers(eq(x)(x))).toEqual([1, 0, 1, 1, 1])
    expect(await numbers(ne(x)(x))).toEqual([0, 1, 0, 0, 0])
    expect(await numbers(clip(-1, 1)(x))).toEqual([1, nan, 1, -1, -0])
  })

  it('sort last, and stably', async () => {
    const x = vector(nan, 1, -0, 0, nan, -inf)
    expect(await numbers(argsort()(x))).toEqual([5, 2, 3, 1, 0, 4])
    expect(await numbers(argsort(-1, { descending: true })(x))).toEqual([0, 4, 1, 2, 3, 5])
  })

  it('are the limits of smooth functions', async () => {
    const x = vector(-inf, -1000, 1000, inf, nan)
    expect(await numbers(sigmoid(x))).toEqual([0, 0, 1, 1, nan])
    expect(await numbers(softplus(x))).toEqual([0, 0, 1000, inf, nan])
    expect(await numbers(sinh(x))).toEqual([-inf, -inf, inf, inf, nan])
    expect(Object.is((await numbers(sinh(vector(-0))))[0], -0)).toBe(true)
  })

  it('go where they are chosen, not where they are not', async () => {
    const x = vector(1, 2)
    expect(await numbers(where(x, vector(nan, inf))(gt(1)(x)))).toEqual([nan, 2])
  })
})

describe('the sign of a remainder', () => {
  it('is that of the divisor, zeros too', async () => {
    const found = await numbers(mod(vector(3, 3, -3, -3, 3, -3))(vector(7, -7, 7, -7, 6, 6)))
    expect(found).toEqual([1, 2, -2, -1, 0, -0])
  })
})

describe('shapes that do not fit', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['parts', () => parts(3, 1)(ones([2, 7])), 'parts: [2, 7]: 3 parts do not divide axis 1 of 7'],
    [
      'groups of a transposed convolution',
      () => conv2dTranspose(ones([3, 2, 2, 2]), { groups: 2 })(ones([1, 3, 4, 4])),
      'conv2dInput: 3 output channels do not part into 2 groups',
    ],
    [
      'axes of a transposed convolution',
      () => conv2dTranspose(ones([2, 2]))(ones([1, 3, 4, 4])),
      'conv2dTranspose: [1, 3, 4, 4] x [2, 2]: both operands need four axes',
    ],
    ['axes of an image', () => resize([2, 2])(ones([3, 4])), 'resize: [3, 4] to [2, 2]: needs four axes'],
    ['sizes of an image', () => resize([2, 0])(ones([1, 1, 3, 4])), 'sizes are positive integers'],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message)
  })
})

describe('slice', () => {
  it('is NumPy’s, but for bounds outside', async () => {
    const x = arange(10)
    const of = (...range: [number, number] | [number, number, number]): Promise<number[]> =>
      numbers(slice(range)(x as unknown as Real))
    expect(await of(2, 5)).toEqual([2, 3, 4])
    expect(await of(-3, 10)).toEqual([7, 8, 9])
    expect(await of(8, 1, -3)).toEqual([8, 5, 2])
    expect(await of(5, 2)).toEqual([])
    expect(await of(0, 10, 4)).toEqual([0, 4, 8])
    expect(await numbers(zerosLike(x))).toHaveLength(10)
    expect(() => slice([0, 100, 4])(x as unknown as Real)).toThrow(
      'slice: [10] by [[0, 100, 4]]: 100 is outside axis 0 of 10',
    )
  })
})
