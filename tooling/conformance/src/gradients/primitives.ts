import type { AnyTensor, NDArray, Shape } from '@elbo/tensor'
import { apply, primitives, scanNode, type Primitive, type PrimitiveName } from '@elbo/tensor/internals'
import { draw, listed } from '../values.js'
import type { GradientCase } from './case.js'

/** Cases for each row that has a rule; for each other, why it needs none. */
export type Differentiated =
  readonly GradientCase[] | 'has no inputs' | 'is flat' | 'is not of f32' | 'is made later'

const of = (name: PrimitiveName, params: object, inputs: readonly NDArray[], about = ''): GradientCase => ({
  about: `${about}${about === '' ? '' : ', '}[${inputs.map(({ shape }) => shape.join(', ')).join('] [')}] ${JSON.stringify(params)}`,
  inputs,
  f: values => [apply(primitives[name] as unknown as Primitive, values, params)],
})

/** Points of moderate size, none of them within 0.05 of a whole number or of another's. */
const apart = (shape: Shape, from = -1.3, by = 0.37): NDArray => {
  const size = shape.reduce((a, b) => a * b, 1)
  // A stride prime to the size, so that the order is not the rising one.
  return listed(
    Array.from({ length: size }, (_, i) => {
      const x = from + by * ((i * 7) % Math.max(size, 1))
      return Math.abs(x - Math.round(x)) < 0.05 ? x + 0.1 : x
    }),
    shape,
  )
}

const unary = (name: PrimitiveName, points: readonly number[], params: object = {}): Differentiated => [
  of(name, params, [listed(points)]),
  of(name, params, [listed(points.slice(0, 1), [])]),
  of(name, params, [listed([], [0, 2])]),
]

const everywhere = [-2.3, -0.7, -0.1, 0.2, 0.6, 1.4, 3.1]
const positive = [0.05, 0.3, 0.9, 1.7, 4.2]

const binary = (name: PrimitiveName, a: readonly number[], b: readonly number[]): readonly GradientCase[] => [
  of(name, {}, [listed(a), listed(b)]),
  {
    about: 'a number with itself',
    inputs: [listed(b)],
    f: ([x]) => [apply(primitives[name] as unknown as Primitive, [x, x], {})],
  },
]

const image = draw([2, 4, 5, 6], 31)
const kernel = draw([6, 2, 3, 2], 32)
const window = {
  stride: [2, 1] as const,
  padding: [
    [1, 0],
    [0, 2],
  ] as const,
  dilation: [1, 2] as const,
}
const convolution = { ...window, groups: 2 }
const plain = {
  stride: [1, 1] as const,
  padding: [
    [0, 0],
    [0, 0],
  ] as const,
  dilation: [1, 1] as const,
}
/** Of the convolution of `image` with `kernel`: floor((5 + 1 − 3)/2) + 1, floor((6 + 2 − 3)/1) + 1. */
const cotangent = draw([2, 6, 2, 6], 33)

const scanned = ([a, xs, w]: readonly AnyTensor[]): readonly AnyTensor[] => {
  const { carry, outputs } = scanNode(
    ([c], [x]) => {
      const next = apply(
        primitives.tanh,
        [apply(primitives.add, [apply(primitives.mul, [c, w], {}), x], {})],
        {},
      )
      return { carry: [next], outputs: [apply(primitives.mul, [next, x], {})] }
    },
    [a],
    [xs],
  )
  return [...carry, ...outputs]
}

export const primitiveGradients: { readonly [N in PrimitiveName]: Differentiated } = {
  placeholder: 'has no inputs',
  constant: 'has no inputs',
  full: 'has no inputs',
  iota: 'has no inputs',

  neg: unary('neg', everywhere),
  abs: unary('abs', everywhere),
  sign: 'is flat',
  floor: 'is flat',
  ceil: 'is flat',
  round: 'is flat',
  add: binary('add', everywhere, [...everywhere].reverse()),
  sub: binary('sub', everywhere, [...everywhere].reverse()),
  mul: binary('mul', everywhere, [...everywhere].reverse()),
  div: binary('div', everywhere, [...everywhere].reverse()),
  mod: [of('mod', {}, [listed([5.3, -5.3, 5.3, -5.3]), listed([2.1, 2.1, -2.1, -2.1])])],
  max: [of('max', {}, [listed([1, -2, 3]), listed([2, -3, 2.5])])],
  min: [of('min', {}, [listed([1, -2, 3]), listed([2, -3, 2.5])])],

  sqrt: unary('sqrt', positive),
  exp: unary('exp', everywhere),
  expm1: unary('expm1', [...everywhere, 0]),
  log: unary('log', positive),
  log1p: unary('log1p', [...positive, -0.4, 0]),
  sin: unary('sin', [...everywhere, 0]),
  cos: unary('cos', [...everywhere, 0]),
  tanh: unary('tanh', [...everywhere, 0]),
  erf: unary('erf', [...everywhere, 0]),
  erfinv: unary('erfinv', [-0.9, -0.3, 0, 0.2, 0.7]),
  lgamma: unary('lgamma', [...positive, -0.5, -1.3, 2, 1]),
  polygamma: [0, 1, 2].flatMap(
    order => unary('polygamma', [...positive, -0.5, -1.3], { order }) as readonly GradientCase[],
  ),
  pow: [
    of('pow', {}, [listed([0.4, 1.7, 2.3, 0.9]), listed([-1.2, 0.6, 2, 3])]),
    {
      about: 'any base, whole exponents held constant',
      inputs: [listed([-2.1, -0.6, 1.4, 0.7, -1.3, 2.2])],
      f: ([x]) => [
        apply(
          primitives.pow,
          [x, apply(primitives.constant, [], { value: listed([2, 3, 1, 0, -1, 2]) })],
          {},
        ),
      ],
    },
    {
      about: 'at zero, whole exponents held constant',
      inputs: [listed([0, 0, 0, 0])],
      f: ([x]) => [
        apply(primitives.pow, [x, apply(primitives.constant, [], { value: listed([2, 3, 1, 4]) })], {}),
      ],
    },
  ],
  atan2: [of('atan2', {}, [listed([0.3, -1.2, 0.8, -0.4, 1.5]), listed([1.1, 0.6, -0.7, -1.3, 0.2])])],
  normalFromBits: 'is not of f32',

  eq: 'is not of f32',
  lt: 'is not of f32',
  le: 'is not of f32',
  and: 'is not of f32',
  or: 'is not of f32',
  xor: 'is not of f32',
  not: 'is not of f32',
  shiftLeft: 'is not of f32',
  shiftRight: 'is not of f32',
  select: [
    {
      about: 'both branches',
      inputs: [listed([1, 0, 1, 0], [2, 2], 'bool'), draw([2, 2], 1), draw([2, 2], 2)],
      f: inputs => [apply(primitives.select, inputs, {})],
    },
    {
      about: 'the same value in both branches',
      inputs: [listed([1, 0, 1], [3], 'bool'), draw([3], 1)],
      f: ([c, x]) => [apply(primitives.select, [c, x, x], {})],
    },
  ],
  cast: [of('cast', { dtype: 'f32' }, [draw([3], 1)])],

  sum: [
    of('sum', { axes: [0] }, [draw([3], 1)]),
    of('sum', { axes: [1] }, [draw([2, 3, 2], 2)]),
    of('sum', { axes: [0, 2] }, [draw([2, 3, 2], 3)]),
    of('sum', { axes: [0] }, [draw([0, 2], 4)]),
  ],
  reduceMax: [
    of('reduceMax', { axes: [0] }, [apart([5])]),
    of('reduceMax', { axes: [1] }, [apart([2, 3, 3])]),
    of('reduceMax', { axes: [0, 2] }, [apart([2, 3, 3])]),
  ],
  argmax: 'is not of f32',
  cumsum: [false, true].flatMap(reverse => [
    of('cumsum', { axis: 0, reverse }, [draw([4], 1)]),
    of('cumsum', { axis: 1, reverse }, [draw([2, 3, 2], 2)]),
  ]),
  argsort: 'is not of f32',
  broadcast: [
    of('broadcast', { shape: [2, 3] }, [draw([], 1)]),
    of('broadcast', { shape: [4, 2, 3] }, [draw([2, 1], 2)]),
    of('broadcast', { shape: [2, 0] }, [draw([2, 1], 2)]),
    of('broadcast', { shape: [1, 3] }, [draw([1], 3)]),
  ],

  reshape: [
    of('reshape', { shape: [3, 2] }, [draw([2, 3], 1)]),
    of('reshape', { shape: [] }, [draw([1, 1], 1)]),
  ],
  transpose: [of('transpose', { permutation: [2, 0, 1] }, [draw([2, 3, 2], 1)])],
  slice: [
    of('slice', { starts: [1], sizes: [2], steps: [2] }, [draw([5], 1)]),
    of('slice', { starts: [1, 0], sizes: [2, 0], steps: [1, 1] }, [draw([3, 4], 2)]),
    of('slice', { starts: [0, 1], sizes: [3, 2], steps: [1, 3] }, [draw([3, 6], 3)]),
  ],
  pad: [
    of('pad', { low: [1, 0], high: [0, 2], interior: [2, 0], value: 3 }, [draw([2, 3], 1)]),
    of('pad', { low: [2], high: [1], interior: [1], value: 0 }, [draw([0], 1)]),
  ],
  concat: [
    of('concat', { axis: 1 }, [draw([2, 1], 1), draw([2, 3], 2), draw([2, 0], 3)]),
    {
      about: 'one input twice',
      inputs: [draw([2, 2], 1)],
      f: ([x]) => [apply(primitives.concat, [x, x], { axis: 0 })],
    },
  ],
  reverse: [of('reverse', { axes: [0, 2] }, [draw([2, 3, 2], 1)])],

  matmul: [false, true].flatMap(transposeLeft =>
    [false, true].map(transposeRight =>
      of('matmul', { transposeLeft, transposeRight }, [
        draw(transposeLeft ? [2, 4, 3] : [2, 3, 4], 1),
        draw(transposeRight ? [2, 2, 4] : [2, 4, 2], 2),
      ]),
    ),
  ),
  conv2d: [
    of('conv2d', { ...plain, groups: 1 }, [draw([1, 2, 4, 3], 1), draw([2, 2, 2, 2], 2)]),
    of('conv2d', convolution, [image, kernel]),
  ],
  conv2dInput: [
    of('conv2dInput', { ...plain, groups: 1, size: [4, 3] }, [draw([1, 2, 3, 2], 1), draw([2, 2, 2, 2], 2)]),
    of('conv2dInput', { ...convolution, size: [5, 6] }, [cotangent, kernel]),
  ],
  conv2dKernel: [
    of('conv2dKernel', { ...plain, groups: 1, kernel: [2, 2] }, [
      draw([1, 2, 4, 3], 1),
      draw([1, 2, 3, 2], 2),
    ]),
    of('conv2dKernel', { ...convolution, kernel: [3, 2] }, [image, cotangent]),
  ],
  unfold: [of('unfold', { ...window, kernel: [3, 2] }, [draw([1, 2, 5, 6], 1)])],
  fold: [of('fold', { ...window, kernel: [3, 2], size: [5, 6] }, [draw([1, 2, 3, 2, 2, 6], 1)])],

  gather: (['NaN', 'zero'] as const).map(outside =>
    of('gather', { outside }, [draw([2, 4, 2], 1), listed([0, 3, 3, 1, 1, 2], [2, 3], 'i32')]),
  ),
  scatterAdd: [
    of('scatterAdd', { length: 4 }, [listed([0, 3, 3, 1, -1, 9], [2, 3], 'i32'), draw([2, 3, 2], 2)]),
  ],
  threefry: 'is not of f32',
  scan: [{ about: 'a recurrence', inputs: [draw([2], 1), draw([3, 2], 2), draw([2], 3)], f: scanned }],
  stopGradient: 'is flat',
  customGradient: [
    {
      about: 'with the rule that is right',
      inputs: [listed(everywhere)],
      f: ([x]) => {
        const cube = apply(primitives.mul, [x, apply(primitives.mul, [x, x], {})], {})
        const three = apply(primitives.full, [], { shape: x.shape, dtype: 'f32' as const, value: 3 })
        return [
          apply(primitives.customGradient, [cube, x], {
            backward: (g: AnyTensor) => [
              apply(
                primitives.mul,
                [g, apply(primitives.mul, [three, apply(primitives.mul, [x, x], {})], {})],
                {},
              ),
            ],
          }),
        ]
      },
    },
  ],
  fused: 'is made later',
}
