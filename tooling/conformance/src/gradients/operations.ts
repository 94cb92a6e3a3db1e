import * as t from '@elbo/tensor'
import type { AnyTensor, NDArray, Tensor } from '@elbo/tensor'
import { draw, listed } from '../values.js'
import type { GradientCase } from './case.js'

type Real = Tensor<number[]>
type Index = Tensor<number[], 'i32'>

const one = (about: string, input: NDArray, f: (x: Real) => AnyTensor): GradientCase => ({
  about,
  inputs: [input],
  f: ([x]) => [f(x as Real)],
})
const some = (
  about: string,
  inputs: readonly NDArray[],
  f: (...inputs: readonly Real[]) => AnyTensor,
): GradientCase => ({
  about,
  inputs,
  f: values => [f(...(values as readonly Real[]))],
})

/** Differing numbers in no order. */
const shuffled = (shape: readonly number[]): NDArray => {
  const size = shape.reduce((a, b) => a * b, 1)
  return listed(
    Array.from({ length: size }, (_, i) => -1.7 + 0.31 * ((i * 7 + 3) % size)),
    shape,
  )
}

const everywhere = listed([-30, -2.3, -0.7, 0, 0.2, 1.4, 3.1, 25])
const inside = listed([-0.8, -0.2, 0, 0.4, 0.9])

const functions: readonly GradientCase[] = [
  ...(['sigmoid', 'softplus', 'logSigmoid', 'silu', 'gelu', 'atan'] as const).map(name =>
    one(name, everywhere, x => t[name](x)),
  ),
  one('square', everywhere, x => t.square(x)),
  ...(['sinh', 'cosh', 'tan'] as const).map(name =>
    one(name, listed([-1.2, -0.3, 0, 0.5, 1.1]), x => t[name](x)),
  ),
  ...(['asin', 'acos'] as const).map(name => one(name, inside, x => t[name](x))),
  ...(['rsqrt', 'reciprocal', 'digamma'] as const).map(name =>
    one(name, listed([0.3, 1.2, 2.7]), x => t[name](x)),
  ),
  one('relu', listed([-2, -0.5, 0.5, 2]), t.relu),
  one('leakyRelu', listed([-2, -0.5, 0.5, 2]), t.leakyRelu(0.1)),
  one('elu', listed([-2, -0.5, 0.5, 2]), t.elu),
  { ...one('elu at 0', listed([0]), t.elu), once: true },
  one('clip', listed([-2, -0.5, 0.5, 2]), t.clip(-1, 1)),
  one('twelve in a chain', listed([0.3, -0.4]), x => {
    let y = x
    for (let i = 0; i < 12; i++) y = t.sin(t.mul(1.1)(y))
    return y
  }),
]

const reductions: readonly GradientCase[] = [
  one('mean', draw([2, 3], 1), t.mean(1)),
  one('variance', draw([2, 4], 1), t.variance(1)),
  one('sampleVariance over all', draw([2, 4], 1), t.sampleVariance()),
  one('std', draw([2, 4], 1), t.std(0, { keepDims: true })),
  one('norm', draw([2, 4], 1), t.norm(1)),
  one('max', shuffled([3, 4]), t.max(0)),
  one('min', shuffled([3, 4]), t.min([0, 1])),
  one('prod', draw([7], 1), t.prod()),
  one('prod of two axes', draw([2, 3, 2], 1), t.prod([0, 1])),
  one('prod with one zero', listed([1.5, 0, -0.7, 2.1, 0.4]), t.prod()),
  one('prod with two zeros', listed([1.5, 0, -0.7, 0, 0.4]), t.prod()),
  one('logSumExp', draw([2, 3], 1), t.logSumExp(1)),
  one('logSumExp far from 0', listed([300, 299, 301.5, -400, -401, -402], [2, 3]), t.logSumExp(1)),
  one('logSumExp over all', draw([2, 3], 1), t.logSumExp()),
  one('softmax', draw([2, 3], 1), t.softmax()),
  one('softmax along the first axis', draw([3, 2], 1), t.softmax(0)),
  one('logSoftmax', draw([2, 3], 1), t.logSoftmax(-1)),
  one('cumsum', draw([2, 3], 1), t.cumsum(1, { reverse: true })),
]

const products: readonly GradientCase[] = [
  some('matmul of matrices', [draw([2, 3], 1), draw([3, 4], 2)], (a, b) => t.matmul(b)(a)),
  some('matmul with one matrix for a batch', [draw([2, 2, 3], 1), draw([3, 2], 2)], (a, b) => t.matmul(b)(a)),
  some('matmul whose batches broadcast', [draw([2, 1, 2, 3], 1), draw([3, 3, 2], 2)], (a, b) =>
    t.matmul(b)(a),
  ),
  some('a product with a transpose', [draw([2, 3], 1), draw([4, 3], 2)], (a, b) =>
    t.matmul(t.transpose()(b))(a),
  ),
  ...(
    [
      [
        'ij,jk->ik',
        [
          [2, 3],
          [3, 2],
        ],
      ],
      [
        'bij,bjk->bik',
        [
          [2, 2, 3],
          [2, 3, 2],
        ],
      ],
      [
        'ij,ij->',
        [
          [2, 3],
          [2, 3],
        ],
      ],
      ['ij->ji', [[2, 3]]],
      ['ii->i', [[3, 3]]],
      ['ii->', [[3, 3]]],
      [
        'iij,jk->ki',
        [
          [2, 2, 3],
          [3, 2],
        ],
      ],
      ['i,j->ij', [[2], [3]]],
      [
        'ij,jk,kl->il',
        [
          [2, 3],
          [3, 2],
          [2, 2],
        ],
      ],
      ['ijk->j', [[2, 3, 2]]],
      [
        'bhqd,bhkd->bhqk',
        [
          [1, 2, 2, 3],
          [1, 2, 3, 3],
        ],
      ],
    ] as readonly (readonly [string, readonly (readonly number[])[]])[]
  ).map(([subscripts, shapes]) =>
    some(
      `einsum ${subscripts}`,
      shapes.map((shape, i) => draw(shape, i)),
      (...xs) => (t.einsum(subscripts) as unknown as (...xs: readonly Real[]) => AnyTensor)(...xs),
    ),
  ),
]

const images: readonly GradientCase[] = [
  some('conv2d', [draw([1, 4, 5, 5], 1), draw([4, 2, 3, 2], 2)], (x, w) =>
    t.conv2d(w, {
      stride: [2, 1],
      padding: [
        [1, 0],
        [0, 1],
      ],
      dilation: [1, 2],
      groups: 2,
    })(x),
  ),
  some('conv2d, same padding', [draw([1, 1, 4, 5], 1), draw([2, 1, 3, 3], 2)], (x, w) =>
    t.conv2d(w, { padding: 'same', stride: 2 })(x),
  ),
  some('conv2dTranspose', [draw([1, 4, 3, 2], 1), draw([4, 1, 3, 2], 2)], (x, w) =>
    t.conv2dTranspose(w, { stride: 2, padding: 1, outputPadding: 1, groups: 2 })(x),
  ),
  one('maxPool', shuffled([1, 2, 4, 5]), t.maxPool(2)),
  one(
    'maxPool, overlapping and padded',
    shuffled([1, 1, 5, 4]),
    t.maxPool([3, 2], { stride: [2, 1], padding: 1 }),
  ),
  one('avgPool', draw([1, 2, 4, 4], 1), t.avgPool(2)),
  one(
    'avgPool, overlapping and padded',
    draw([1, 1, 5, 4], 1),
    t.avgPool([3, 2], { stride: [2, 1], padding: 1 }),
  ),
  one('resize, bilinear, larger', draw([1, 2, 3, 2], 1), t.resize([5, 4])),
  one('resize, bilinear, smaller', draw([1, 1, 5, 4], 1), t.resize([2, 3])),
  one('resize, nearest', draw([1, 2, 3, 2], 1), t.resize([5, 4], 'nearest')),
  one('resize, nearest, by whole factors', draw([2, 1, 3, 2], 1), t.resize([6, 6], 'nearest')),
]

const indices = listed([2, 0, 2, 1], [2, 2], 'i32')

const indexing: readonly GradientCase[] = [
  {
    about: 'take along the first axis, repeated',
    inputs: [draw([3, 2], 1), indices],
    f: ([x, i]) => [t.take(i as Index, 0)(x as Real)],
  },
  {
    about: 'take along the last axis',
    inputs: [draw([2, 3], 1), indices],
    f: ([x, i]) => [t.take(i as Index, -1)(x as Real)],
  },
  {
    about: 'takeAlongAxis',
    inputs: [draw([2, 3], 1), indices],
    f: ([x, i]) => [t.takeAlongAxis(i as Index, 1)(x as Real)],
  },
  {
    about: 'scatterAdd',
    inputs: [draw([3, 2], 1), listed([2, 0, 2], [3], 'i32'), draw([3, 2], 2)],
    f: ([x, i, u]) => [t.scatterAdd(i as Index, u as Real)(x as Real)],
  },
  one('sort', shuffled([2, 5]), t.sort()),
  one('sort along the first axis, falling', shuffled([5, 2]), t.sort(0, { descending: true })),
  one('topK', shuffled([2, 5]), x => t.topK(2)(x).values),
  some('where', [draw([2, 3], 1), draw([3], 2)], (a, b) => t.where(a, b)(t.lt(0.1)(a) as never)),
]

const layout: readonly GradientCase[] = [
  some('arithmetic that broadcasts', [draw([2, 1], 1), draw([3], 2), listed([0.7], [])], (a, b, c) =>
    t.div(t.exp(b))(t.sub(c)(t.mul(b)(a))),
  ),
  some('maximum and minimum', [shuffled([2, 3]), draw([3], 2)], (a, b) =>
    t.minimum(t.mul(2)(b))(t.maximum(b)(a)),
  ),
  one('slice, backwards and by steps', draw([4, 5], 1), x => t.slice([3, 0, -2], [1, 5, 3])(x)),
  one(
    'pad',
    draw([2, 2], 1),
    t.pad(
      [
        [1, 0],
        [0, 2],
      ],
      5,
    ),
  ),
  some('concat', [draw([2, 2], 1), draw([2, 1], 2)], (a, b) => t.concat(1)([a, b] as never)),
  some('stack', [draw([2], 1), draw([2], 2)], (a, b) => t.stack(-1)([a, b] as never)),
  one('parts', draw([2, 6], 1), x => {
    const [a, b, c] = t.parts(3, 1)(x)
    return t.mul(c)(t.sin(t.mul(b)(a)))
  }),
  one('reshape, transpose, reverse, flatten, squeeze', draw([2, 3, 1], 1), x =>
    t.flatten()(t.reverse(0)(t.transpose()(t.squeeze(2)(x)))),
  ),
  one('expandDims and broadcastTo', draw([3], 1), x => t.broadcastTo([2, 3, 2])(t.expandDims(-1)(x))),
  one('vjp inside', draw([3], 1), x => {
    const [y, back] = t.vjp((z: Real) => t.sin(t.mul(z)(z)), x)
    return t.mul(back(t.exp(x)))(y)
  }),
  one('stopGradient beside the value', draw([3], 1), x => t.sub(t.stopGradient(t.mul(0)(x)))(t.exp(x))),
]

/** Operations made of primitives. */
export const operationGradients: readonly GradientCase[] = [
  ...functions,
  ...reductions,
  ...products,
  ...images,
  ...indexing,
  ...layout,
]
