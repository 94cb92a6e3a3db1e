/*
 * Calls that compile, each with the shape that the compiler infers. Read by src/shape/sentences.test.ts.
 */
import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  broadcastTo,
  concat,
  conv2d,
  einsum,
  expandDims,
  matmul,
  maxPool,
  oneHot,
  pad,
  reshape,
  slice,
  square,
  squeeze,
  stack,
  sum,
  take,
  takeAlongAxis,
  type Tensor,
  transpose,
  where,
  zeros,
} from './operations.js'
import type { ConvolutionOptions, PoolingOptions, Shape } from '../src/shape/index.js'

/** A dimension that the compiler does not know: 5. */
const n: number = 5
/** A shape of which the compiler does not know the rank: [2, 3]. */
const dynamic: Tensor = zeros([2, 3])
const image = zeros([1, 3, 8, 8])
const options: ConvolutionOptions = { stride: 2 }
const poolingOptions: PoolingOptions = {}

const relu = <S extends Shape>(x: Tensor<S>): Tensor<S> => pipe(x, add(x), square)
const shift = <S extends Shape>(x: Tensor<S>): Tensor<S> => pipe(x, add(zeros([])))
const mean = <S extends Shape>(x: Tensor<S>): Tensor<[]> => pipe(x, square, sum())
const project = <N extends number>(x: Tensor<[N, 3]>): Tensor<[N, 4]> =>
  pipe(x, matmul(zeros([3, 4])), add(zeros([4])))
const linear =
  <I extends number, O extends number>(weight: Tensor<[I, O]>, bias: Tensor<[O]>) =>
  <N extends number>(x: Tensor<[N, I]>): Tensor<[N, O]> =>
    pipe(x, matmul(weight), add(bias))
const loss = (x: Tensor<[64, 3]>, y: Tensor<[64, 1]>, weight: Tensor<[3, 1]>, bias: Tensor<[1]>) =>
  pipe(x, matmul(weight), add(bias), add(y), square, mean)

const centred = <N extends number, C extends number>(x: Tensor<[N, C]>): Tensor<[N, C]> =>
  pipe(x, add(pipe(x, sum(-1, { keepDims: true }))))
const attention = <B extends number, T extends number, C extends number>(
  query: Tensor<[B, T, C]>,
  key: Tensor<[B, T, C]>,
): Tensor<[B, T, T]> => pipe(query, matmul(pipe(key, transpose())))

export const inferred: readonly (readonly [shape: string, call: () => Tensor])[] = [
  ['[2, 3]', () => zeros([2, 3])],
  ['[]', () => zeros([])],
  ['[number, 3]', () => zeros([n, 3])],

  ['[2, 7]', () => pipe(zeros([2, 3]), matmul(zeros([3, 4])), square, matmul(zeros([4, 7])))],
  ['[number, 7]', () => pipe(zeros([n, 3]), matmul(zeros([3, 7])))],
  ['[2, 7]', () => pipe(zeros([2, n]), matmul(zeros([5, 7])))],
  ['[5, 2, 2, 4]', () => pipe(zeros([5, 1, 2, 3]), matmul(zeros([2, 3, 4])))],
  ['number[]', () => pipe(dynamic, matmul(zeros([3, 7])))],
  ['[]', () => loss(zeros([64, 3]), zeros([64, 1]), zeros([3, 1]), zeros([1]))],

  ['[2, 3]', () => pipe(zeros([2, 3]), add(zeros([3])))],
  ['[2, 3]', () => pipe(zeros([3]), add(zeros([2, 1])))],
  ['[4, 2, 3]', () => pipe(zeros([4, 1, 3]), add(zeros([2, 1])))],
  ['[2, 3]', () => pipe(zeros([]), add(zeros([2, 3])))],
  ['[5, 3]', () => pipe(zeros([5, 3]), add(zeros([n, 3])))],
  ['[number, 3]', () => pipe(zeros([1, 3]), add(zeros([n, 3])))],
  ['[number, 3]', () => pipe(zeros([n, 3]), add(zeros([n, 3])))],
  ['[number, 3]', () => pipe(zeros([n, 3]), add(zeros([5, 3])))],
  ['Shape', () => pipe(dynamic, add(zeros([3])))],
  ['number[]', () => pipe(zeros([3]), add(dynamic))],
  ['[2, 3]', () => pipe(zeros([2, 1], 'bool'), where(zeros([3]), zeros([])))],
  ['[4, 2, 3]', () => pipe(zeros([2, 1]), broadcastTo([4, 2, 3]))],

  ['[2, 3]', () => relu(zeros([2, 3]))],
  ['[2, 3]', () => shift(zeros([2, 3]))],
  ['[7, 4]', () => project(zeros([7, 3]))],
  ['[7, 4]', () => linear(zeros([3, 4]), zeros([4]))(zeros([7, 3]))],
  ['[2, 3]', () => centred(zeros([2, 3]))],
  ['[2, 3, 3]', () => attention(zeros([2, 3, 4]), zeros([2, 3, 4]))],

  ['[3, 2]', () => pipe(zeros([2, 3]), reshape([3, 2]))],
  ['[64, 784]', () => pipe(zeros([64, 1, 28, 28]), reshape([64, 784]))],
  ['[64, 784]', () => pipe(zeros([64, 1, 28, 28]), reshape([64, -1]))],
  ['[5, 28, 28]', () => pipe(zeros([5, 784]), reshape([-1, 28, 28]), reshape([5, 28, 28]))],
  ['[number, 28, 28]', () => pipe(zeros([n, 784]), reshape([-1, 28, 28]))],
  ['[number, 784]', () => pipe(zeros([n, 28, 28]), reshape([n, 784]))],
  ['[6]', () => pipe(zeros([2, 3]), reshape([-1]))],
  ['[number, 2]', () => pipe(zeros([2, 3]), reshape([-1, 2]))],
  ['[0, 7]', () => pipe(zeros([0, 5]), reshape([0, 7]))],
  ['[3, 2]', () => pipe(dynamic, reshape([3, 2]))],

  ['[3, 2]', () => pipe(zeros([2, 3]), transpose())],
  ['[5, 3, 2]', () => pipe(zeros([5, 2, 3]), transpose())],
  ['[3, 5, 2]', () => pipe(zeros([5, 2, 3]), transpose([-1, 0, 1]))],
  ['[number, 3]', () => pipe(zeros([3, n]), transpose([1, 0]))],

  ['[2, 1, 3]', () => pipe(zeros([2, 3]), expandDims(1))],
  ['[2, 3, 1]', () => pipe(zeros([2, 3]), expandDims(-1))],
  ['[2, 3]', () => pipe(zeros([1, 2, 1, 3]), squeeze())],
  ['[1, 2, 3]', () => pipe(zeros([1, 2, 1, 3]), squeeze(2))],
  ['[2, 3]', () => pipe(zeros([1, 2, 1, 3]), squeeze([-2, 0]))],
  ['number[]', () => pipe(zeros([1, n]), squeeze())],

  ['[]', () => pipe(zeros([2, 3]), sum())],
  ['[1, 1]', () => pipe(zeros([2, 3]), sum(undefined, { keepDims: true }))],
  ['[3]', () => pipe(zeros([2, 3]), sum(0))],
  ['[2]', () => pipe(zeros([2, 3]), sum(-1))],
  ['[2, 1]', () => pipe(zeros([2, 3]), sum(-1, { keepDims: true }))],
  ['[3]', () => pipe(zeros([2, 3, 4]), sum([0, -1]))],
  ['[2, 1, 4, 5, 6, 7, 1, 9]', () => pipe(zeros([2, 3, 4, 5, 6, 7, 8, 9]), sum([1, -2], { keepDims: true }))],
  ['number[]', () => pipe(dynamic, sum(0))],
  ['number[]', () => pipe(zeros([2, 3, 4, 5, 6, 7]), sum(n))],

  ['[6, 3]', () => concat(0)([zeros([2, 3]), zeros([4, 3])])],
  ['[2, 1000]', () => concat(-1)([zeros([2, 784]), zeros([2, 206]), zeros([2, 10])])],
  ['[2, number]', () => concat(-1)([zeros([2, 3]), zeros([2, n])])],
  ['number[]', () => concat(0)([1, 2].map(() => zeros([2, 3])))],
  ['[2, 3, 4]', () => stack(1)([zeros([2, 4]), zeros([2, 4]), zeros([2, 4])])],

  ['[2, 2]', () => pipe(zeros([2, 3]), slice(null, [1, 3]))],
  ['[2, 3]', () => pipe(zeros([4, 3]), slice([-2, null]))],
  ['[782]', () => pipe(zeros([784]), slice([1, -1]))],
  ['[3]', () => pipe(zeros([3]), slice([null, null, -1]))],
  ['[number]', () => pipe(zeros([7]), slice([null, null, 2]))],
  ['[2]', () => pipe(zeros([n]), slice([0, 2]))],
  ['[0]', () => pipe(zeros([7]), slice([3, 2]))],

  [
    '[4, 103]',
    () =>
      pipe(
        zeros([2, 98]),
        pad([
          [1, 1],
          [0, 5],
        ]),
      ),
  ],
  ['[number]', () => pipe(zeros([n]), pad([[1, 1]]))],

  ['[2, 7, 8, 4]', () => pipe(zeros([2, 3, 4]), take(zeros([7, 8], 'i32'), 1))],
  ['[3, 4]', () => pipe(zeros([2, 3, 4]), take(zeros([], 'i32'), 0))],
  ['[2, 1]', () => pipe(zeros([2, 3]), takeAlongAxis(zeros([2, 1], 'i32'), -1))],
  ['[2, 10]', () => pipe(zeros([2], 'i32'), oneHot(10))],

  ['[2, 4]', () => einsum('ij,jk->ik')(zeros([2, 3]), zeros([3, 4]))],
  ['[7, number, 2]', () => einsum('bij,bjk->bki')(zeros([7, 2, 3]), zeros([7, 3, n]))],
  ['[]', () => einsum('i,i->')(zeros([5]), zeros([n]))],
  ['[2]', () => einsum('ii->i')(zeros([2, 2]))],

  ['[1, 16, 6, 6]', () => pipe(image, conv2d(zeros([16, 3, 3, 3])))],
  ['[1, 16, 8, 8]', () => pipe(image, conv2d(zeros([16, 3, 3, 3]), { padding: 'same' }))],
  ['[1, 16, 4, 4]', () => pipe(image, conv2d(zeros([16, 3, 3, 3]), { padding: 1, stride: 2 }))],
  ['[1, 16, 4, 4]', () => pipe(image, conv2d(zeros([16, 3, 3, 3]), { padding: 'same', stride: 2 }))],
  ['[1, 16, 4, 6]', () => pipe(image, conv2d(zeros([16, 3, 3, 3]), { dilation: [2, 1] }))],
  [
    '[1, 16, 9, 6]',
    () =>
      pipe(
        image,
        conv2d(zeros([16, 3, 3, 3]), {
          padding: [
            [1, 2],
            [0, 0],
          ],
        }),
      ),
  ],
  ['[1, 16, number, number]', () => pipe(image, conv2d(zeros([16, 3, 3, 3]), { stride: 3 }))],
  ['[1, 16, number, number]', () => pipe(image, conv2d(zeros([16, 3, 3, 3]), options))],
  ['[1, 8, 6, 6]', () => pipe(zeros([1, 4, 8, 8]), conv2d(zeros([8, 2, 3, 3]), { groups: 2 }))],
  ['[number, 16, 26, 26]', () => pipe(zeros([n, 1, 28, 28]), conv2d(zeros([16, 1, 3, 3])))],
  ['[1, 3, 4, 4]', () => pipe(image, maxPool(2))],
  ['[1, 3, 7, 3]', () => pipe(image, maxPool([2, 3], { stride: [1, 2] }))],
  ['[1, 3, number, number]', () => pipe(image, maxPool(2, poolingOptions))],
]
