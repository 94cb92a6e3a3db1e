/*
 * Calls that must not compile, each with the sentence that the compiler must show in the very place and that the
 * same call must throw. Read by src/shape/sentences.test.ts; not part of any build.
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
  transpose,
  where,
  zeros,
} from './operations.js'

const image = zeros([1, 3, 8, 8])

export const misfits: readonly (readonly [sentence: string, call: () => unknown])[] = [
  ['zeros: [2, -3]: dimension -3 is not a non-negative integer', () => zeros([2, -3])],
  ['zeros: [1.5, -3]: dimension 1.5 is not a non-negative integer', () => zeros([1.5, -3])],

  [
    'matmul: [2, 3] x [5, 4]: inner dimensions 3 and 5 differ',
    () => pipe(zeros([2, 3]), matmul(zeros([5, 4])), square),
  ],
  ['matmul: [2, 3] x [5, 4]: inner dimensions 3 and 5 differ', () => matmul(zeros([5, 4]))(zeros([2, 3]))],
  ['matmul: [3] x [3, 4]: both operands need at least two axes', () => matmul(zeros([3, 4]))(zeros([3]))],
  ['matmul: [2, 3] x []: both operands need at least two axes', () => matmul(zeros([]))(zeros([2, 3]))],
  [
    'matmul: [7, 2, 3] x [5, 3, 4]: batch dimensions 7 and 5 do not broadcast',
    () => matmul(zeros([5, 3, 4]))(zeros([7, 2, 3])),
  ],

  [
    'add: [2, 3] and [4]: dimensions 3 and 4 do not broadcast',
    () => pipe(zeros([2, 3]), square, add(zeros([4])), square),
  ],
  [
    'add: [2, 1, 4] and [3, 5, 1]: dimensions 2 and 3 do not broadcast',
    () => add(zeros([3, 5, 1]))(zeros([2, 1, 4])),
  ],
  [
    'add: [1, 2, 3, 4, 5, 6, 7, 8] and [1, 2, 3, 4, 5, 6, 9, 8]: dimensions 7 and 9 do not broadcast',
    () => add(zeros([1, 2, 3, 4, 5, 6, 9, 8]))(zeros([1, 2, 3, 4, 5, 6, 7, 8])),
  ],
  [
    'where: [2, 1] and [3] and [4]: dimensions 3 and 4 do not broadcast',
    () => where(zeros([3]), zeros([4]))(zeros([2, 1], 'bool')),
  ],
  [
    'broadcastTo: [2, 3] to [4, 3]: dimension 2 does not stretch to 4',
    () => broadcastTo([4, 3])(zeros([2, 3])),
  ],
  ['broadcastTo: [2, 3] to [3]: the target has fewer axes', () => broadcastTo([3])(zeros([2, 3]))],

  ['reshape: [2, 3] to [4, 2]: 6 elements cannot fill 8', () => reshape([4, 2])(zeros([2, 3]))],
  [
    'reshape: [64, 1, 28, 28] to [64, 785]: 50176 elements cannot fill 50240',
    () => pipe(zeros([64, 1, 28, 28]), reshape([64, 785]), square),
  ],
  ['reshape: [2, 3] to []: 6 elements cannot fill 1', () => reshape([])(zeros([2, 3]))],
  ['reshape: [2, 3] to [-1, -1]: only one dimension may be -1', () => reshape([-1, -1])(zeros([2, 3]))],
  [
    'reshape: [2, 3] to [-2, -3]: dimension -2 is not a non-negative integer',
    () => reshape([-2, -3])(zeros([2, 3])),
  ],

  ['transpose: [3]: needs at least two axes', () => transpose()(zeros([3]))],
  ['transpose: [2, 3] by [0, 0]: not a permutation of the axes', () => transpose([0, 0])(zeros([2, 3]))],
  [
    'transpose: [2, 3] by [0, 1, 2]: not a permutation of the axes',
    () => transpose([0, 1, 2])(zeros([2, 3])),
  ],
  ['transpose: [2, 3] by [-1, 2]: not a permutation of the axes', () => transpose([-1, 2])(zeros([2, 3]))],

  ['expandDims: [2, 3]: axis 4 is out of range for rank 3', () => expandDims(4)(zeros([2, 3]))],
  ['expandDims: [2, 3]: axis -4 is out of range for rank 3', () => expandDims(-4)(zeros([2, 3]))],
  ['squeeze: [2, 3, 1]: axis 1 is 3, not 1', () => squeeze([2, 1])(zeros([2, 3, 1]))],
  ['squeeze: [2, 3]: axis 2 is out of range for rank 2', () => squeeze(2)(zeros([2, 3]))],

  ['sum: [2, 3]: axis 2 is out of range for rank 2', () => pipe(zeros([2, 3]), sum(2), square)],
  ['sum: [2, 3]: axis -3 is out of range for rank 2', () => pipe(zeros([2, 3]), sum([0, -3]))],
  ['sum: []: axis 0 is out of range for rank 0', () => pipe(zeros([]), sum(0))],
  ['sum: [2, 3]: axis -2 is repeated', () => pipe(zeros([2, 3]), sum([0, -2], { keepDims: true }))],

  [
    'concat: [2, 3] and [2, 4] along axis 0: dimensions 3 and 4 differ',
    () => concat(0)([zeros([2, 3]), zeros([1, 3]), zeros([2, 4])]),
  ],
  [
    'concat: [2, 3] and [2] along axis -1: ranks 2 and 1 differ',
    () => concat(-1)([zeros([2, 3]), zeros([2])]),
  ],
  ['concat: [2, 3]: axis 2 is out of range for rank 2', () => concat(2)([zeros([2, 3]), zeros([2, 3])])],
  ['concat: nothing to join', () => concat(0)([])],
  ['stack: [2, 3] and [2, 4]: shapes differ', () => stack(0)([zeros([2, 3]), zeros([2, 4])])],
  ['stack: [2, 3]: axis 3 is out of range for rank 3', () => stack(3)([zeros([2, 3]), zeros([2, 3])])],
  ['stack: nothing to join', () => stack(0)([])],

  ['slice: [2, 3] by [null, [1, 5]]: 5 is outside axis 1 of 3', () => slice(null, [1, 5])(zeros([2, 3]))],
  ['slice: [2, 3] by [[-3, null]]: -3 is outside axis 0 of 2', () => slice([-3, null])(zeros([2, 3]))],
  ['slice: [3] by [null, [0, 1]]: 2 ranges for rank 1', () => slice(null, [0, 1])(zeros([3]))],
  ['slice: [3] by [[0, 3, 0]]: the step is 0', () => slice([0, 3, 0])(zeros([3]))],
  ['slice: [3] by [[0, 3, 1.5]]: the step 1.5 is not an integer', () => slice([0, 3, 1.5])(zeros([3]))],

  ['pad: [2, 3] by [[1, 1]]: 1 pairs for rank 2', () => pad([[1, 1]])(zeros([2, 3]))],
  ['pad: [2] by [[0, -1]]: padding -1 is not a non-negative integer', () => pad([[0, -1]])(zeros([2]))],

  ['take: [2, 3]: axis 2 is out of range for rank 2', () => take(zeros([7], 'i32'), 2)(zeros([2, 3]))],
  [
    'takeAlongAxis: [2, 3] at [4, 1] along axis 1: dimensions 2 and 4 differ',
    () => takeAlongAxis(zeros([4, 1], 'i32'), 1)(zeros([2, 3])),
  ],
  [
    'takeAlongAxis: [2, 3] at [2] along axis 1: ranks 2 and 1 differ',
    () => takeAlongAxis(zeros([2], 'i32'), 1)(zeros([2, 3])),
  ],
  [
    'takeAlongAxis: [2, 3]: axis 2 is out of range for rank 2',
    () => takeAlongAxis(zeros([2, 1], 'i32'), 2)(zeros([2, 3])),
  ],
  ['oneHot: [2] to depth -1: the depth is not a non-negative integer', () => oneHot(-1)(zeros([2], 'i32'))],

  [
    'einsum ij,jk->ik: [2, 3] x [5, 4]: index j is both 3 and 5',
    () => einsum('ij,jk->ik')(zeros([2, 3]), zeros([5, 4])),
  ],
  ["einsum ij->ij: [2]: 'ij' names 2 axes of a shape of rank 1", () => einsum('ij->ij')(zeros([2]))],
  ["einsum i->i: [2, 3]: 'i' names 1 axes of a shape of rank 2", () => einsum('i->i')(zeros([2, 3]))],
  [
    'einsum ij,jk->ik: [2, 3]: subscripts for 2 operands, but 1 given',
    () => einsum('ij,jk->ik')(zeros([2, 3])),
  ],
  ['einsum ij->k: [2, 3]: index k of the result is in no operand', () => einsum('ij->k')(zeros([2, 3]))],
  ['einsum ij->ii: [2, 3]: index i of the result is repeated', () => einsum('ij->ii')(zeros([2, 3]))],
  [
    "einsum ij,jk: the subscripts need the form 'ij,jk->ik'",
    () => einsum('ij,jk')(zeros([2, 3]), zeros([3, 4])),
  ],
  ["einsum i j->i: the subscripts need the form 'ij,jk->ik'", () => einsum('i j->i')(zeros([2, 3]))],

  [
    'conv2d: [1, 3, 8, 8] x [16, 4, 3, 3]: the input has 3 channels, the kernel takes 4',
    () => pipe(image, conv2d(zeros([16, 4, 3, 3])), square),
  ],
  [
    'conv2d: [1, 8, 8, 8] x [16, 3, 3, 3]: the input has 8 channels, the kernel takes 2 groups of 3',
    () => conv2d(zeros([16, 3, 3, 3]), { groups: 2 })(zeros([1, 8, 8, 8])),
  ],
  [
    'conv2d: [3, 8, 8] x [16, 3, 3, 3]: both operands need four axes',
    () => conv2d(zeros([16, 3, 3, 3]))(zeros([3, 8, 8])),
  ],
  [
    'conv2d: [1, 4, 8, 8] x [9, 2, 3, 3]: 9 output channels do not divide into 2 groups',
    () => conv2d(zeros([9, 2, 3, 3]), { groups: 2 })(zeros([1, 4, 8, 8])),
  ],
  [
    'conv2d: [1, 3, 8, 8] x [16, 3, 1, 11]: a window of 11 does not fit in 10',
    () => conv2d(zeros([16, 3, 1, 11]), { padding: 1 })(image),
  ],
  [
    'conv2d: [1, 3, 8, 8] x [16, 3, 5, 5]: a window of 9 does not fit in 8',
    () => conv2d(zeros([16, 3, 5, 5]), { dilation: [2, 1] })(image),
  ],
  [
    'conv2d: [1, 3, 8, 8] x [16, 3, 3, 3]: the stride 0 is not a positive integer',
    () => conv2d(zeros([16, 3, 3, 3]), { stride: 0 })(image),
  ],
  [
    'conv2d: [1, 3, 8, 8] x [16, 3, 3, 3]: padding -1 is not a non-negative integer',
    () =>
      conv2d(zeros([16, 3, 3, 3]), {
        padding: [
          [0, 0],
          [0, -1],
        ],
      })(image),
  ],
  [
    'conv2d: [1, 3, 8, 8] x [16, 3, 3, 3]: the groups 0 are not a positive integer',
    () => conv2d(zeros([16, 3, 3, 3]), { groups: 0 })(image),
  ],

  ['maxPool: [3, 8, 8] by [2, 2]: needs four axes', () => pipe(zeros([3, 8, 8]), maxPool(2), square)],
  ['maxPool: [1, 3, 8, 8] by [2, 9]: a window of 9 does not fit in 8', () => pipe(image, maxPool([2, 9]))],
]
