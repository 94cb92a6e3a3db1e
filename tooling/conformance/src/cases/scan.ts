import { add, exp, lt, mul, sub, tanh, type AnyTensor, type NDArray, type Tensor } from '@elbo/tensor'
import { apply, primitives, scanNode } from '@elbo/tensor/internals'
import { exact, near } from '../agreement.js'
import type { Case, Cases } from '../case.js'
import { draw, listed } from '../values.js'

type Real = Tensor<number[]>
const real = (x: AnyTensor): Real => x as Real
const plus = (a: AnyTensor, b: AnyTensor): AnyTensor => add(real(b))(real(a))
const times = (a: AnyTensor, b: AnyTensor): AnyTensor => mul(real(b))(real(a))
const minus = (a: AnyTensor, b: AnyTensor): AnyTensor => sub(real(b))(real(a))

const flat = ({
  carry,
  outputs,
}: {
  carry: readonly AnyTensor[]
  outputs: readonly AnyTensor[]
}): readonly AnyTensor[] => [...carry, ...outputs]

/** Bodies of exact arithmetic, so that the whole loop is exact. */
const running = (length: number, reverse: boolean, size: number): Case => ({
  about: `running sums of ${length} × ${size}${reverse ? ', backwards' : ''}`,
  inputs: [draw([size], 1), draw([length, size], 2)],
  build: ([initial, xs]) =>
    flat(
      scanNode(([c], [x]) => ({ carry: [plus(c, x)], outputs: [minus(c, x)] }), [initial], [xs], { reverse }),
    ),
})

const special: readonly Case[] = [
  {
    about: 'two carries that change places, one output that is a carry',
    inputs: [draw([3], 1), draw([3], 2), draw([5, 3], 3)],
    build: ([a, b, xs]) =>
      flat(scanNode(([p, q], [x]) => ({ carry: [q, plus(p, x)], outputs: [p] }), [a, b], [xs])),
  },
  {
    about: 'three carries that go round, nothing else',
    inputs: [draw([2], 1), draw([2], 2), draw([2], 3)],
    build: inputs =>
      flat(scanNode(([p, q, r]) => ({ carry: [q, r, p], outputs: [] }), inputs, [], { length: 4 })),
  },
  {
    about: 'a carry that becomes two carries',
    inputs: [draw([3], 1), draw([3], 2)],
    build: inputs => flat(scanNode(([p]) => ({ carry: [p, p], outputs: [p] }), inputs, [], { length: 3 })),
  },
  {
    about: 'the same tensor for both carries',
    inputs: [draw([3], 1), draw([4, 3], 2)],
    build: ([a, xs]) =>
      flat(scanNode(([p, q], [x]) => ({ carry: [plus(p, x), times(q, x)], outputs: [] }), [a, a], [xs])),
  },
  {
    about: 'a carry that becomes the slice, an output that is a slice',
    inputs: [draw([3], 1), draw([4, 3], 2)],
    build: ([a, xs]) => flat(scanNode((_, [x]) => ({ carry: [x], outputs: [x, x] }), [a], [xs])),
  },
  {
    about: 'a carry that becomes what is captured, an output that is captured',
    inputs: [draw([3], 1), draw([3], 2)],
    build: ([a, w]) => [...flat(scanNode(() => ({ carry: [w], outputs: [w] }), [a], [], { length: 2 })), w],
  },
  {
    about: 'captured values that are made outside',
    inputs: [draw([4], 1), draw([6, 4], 2), draw([4], 3)],
    build: ([a, xs, w]) => {
      const outside = plus(w, w)
      return flat(
        scanNode(([c], [x]) => ({ carry: [plus(minus(c, outside), x)], outputs: [times(w, x)] }), [a], [xs]),
      )
    },
  },
  {
    about: 'integer and bool carries',
    inputs: [listed([7, -3], [2], 'i32'), listed([1, 0], [2], 'bool'), draw([5, 2], 4, 'ordinary', 'i32')],
    build: ([count, flag, xs]) =>
      flat(
        scanNode(
          ([n, f], [x]) => {
            const next = apply(primitives.add, [n, x], {})
            return { carry: [next, apply(primitives.xor, [f, lt(x)(n)], {})], outputs: [f, next] }
          },
          [count, flag],
          [xs],
        ),
      ),
  },
  {
    about: 'no steps',
    inputs: [draw([3], 1), draw([0, 3], 2)],
    build: ([a, xs]) =>
      flat(scanNode(([c], [x]) => ({ carry: [plus(c, x)], outputs: [plus(x, x)] }), [a], [xs])),
  },
  {
    about: 'empty slices',
    inputs: [draw([0], 1), draw([3, 0], 2)],
    build: ([a, xs]) => flat(scanNode(([c], [x]) => ({ carry: [plus(c, x)], outputs: [x] }), [a], [xs])),
  },
  {
    about: 'no carry, a matrix for each slice',
    inputs: [draw([3, 2, 5], 2)],
    build: ([xs]) => flat(scanNode((_, [x]) => ({ carry: [], outputs: [plus(x, x)] }), [], [xs])),
  },
  {
    about: 'numbers and counters made inside',
    inputs: [draw([3], 2), draw([2, 3], 1)],
    build: ([a, xs]) =>
      flat(
        scanNode(
          ([c], [x]) => {
            const half = apply(primitives.full, [], { shape: [3], dtype: 'f32', value: 0.5 })
            const counter = apply(primitives.iota, [], { length: 3, dtype: 'f32' as const })
            return { carry: [plus(times(c, half), counter)], outputs: [half, counter, x] }
          },
          [a],
          [xs],
        ),
      ),
  },
  {
    about: 'a loop in a loop, which captures the outer carry and what the outer loop captures',
    inputs: [draw([2], 1), draw([3, 2], 2), draw([4, 2], 3), draw([2], 4)],
    build: ([a, xs, ys, w]) =>
      flat(
        scanNode(
          ([c], [x]) => {
            const inner = scanNode(
              ([d], [y]) => ({ carry: [plus(plus(d, y), minus(c, w))], outputs: [times(d, x)] }),
              [x],
              [ys],
              { reverse: true },
            )
            return { carry: inner.carry, outputs: inner.outputs }
          },
          [a],
          [xs],
        ),
      ),
  },
  {
    about: 'two loops, the second over the outputs of the first',
    inputs: [draw([3], 1), draw([5, 3], 2)],
    build: ([a, xs]) => {
      const first = scanNode(([c], [x]) => ({ carry: [plus(c, x)], outputs: [c] }), [a], [xs])
      return flat(
        scanNode(([c], [x]) => ({ carry: [minus(x, c)], outputs: [c] }), first.carry, first.outputs, {
          reverse: true,
        }),
      )
    },
  },
]

const recurrent: Case = {
  about: 'a recurrent network',
  inputs: [draw([1, 2, 5], 1), draw([7, 1, 2, 3], 2), draw([1, 3, 5], 3), draw([1, 5, 5], 4)],
  agreement: near(1e-5),
  build: ([h, xs, w, u]) => {
    const product = (x: AnyTensor, m: AnyTensor): AnyTensor =>
      apply(primitives.matmul, [x, m], { transposeLeft: false, transposeRight: false })
    return flat(
      scanNode(
        ([state], [x]) => {
          const next = tanh(real(plus(product(x, w), product(state, u))))
          return { carry: [next], outputs: [exp(next)] }
        },
        [h],
        [xs],
      ),
    )
  },
}

export const scanCases: Cases = {
  agreement: exact,
  cases: () => [
    ...[1, 2, 7, 33].flatMap(length => [running(length, false, 5), running(length, true, 17)]),
    running(3, true, 257),
    ...special,
    recurrent,
  ],
}

/** Values that enter and leave a program as they are. */
export const placeholderCases: Cases = {
  agreement: exact,
  cases: () =>
    (['f32', 'i32', 'u32', 'bool'] as const).flatMap(dtype =>
      [[], [0], [5], [2, 0], [257], [2, 3, 1, 2, 2]].map((shape, i): Case => {
        const value: NDArray = draw(shape, i, 'special', dtype)
        return {
          about: `${dtype}[${shape.join(', ')}]`,
          inputs: [value, value],
          build: ([a, b]) => [b, a, a],
        }
      }),
    ),
}

const specs = (['f32', 'i32', 'u32', 'bool'] as const).flatMap(dtype =>
  [[], [0], [1], [17], [3, 5], [1025]].map(shape => ({ shape, dtype })),
)

export const constantCases: Cases = {
  agreement: exact,
  cases: () =>
    specs.map(({ shape, dtype }, i): Case => ({
      about: `${dtype}[${shape.join(', ')}]`,
      inputs: [],
      build: () => [apply(primitives.constant, [], { value: draw(shape, i, 'special', dtype) })],
    })),
}

export const fullCases: Cases = {
  agreement: exact,
  cases: () =>
    specs.flatMap(({ shape, dtype }) =>
      ({
        f32: [0, -0, 0.1, 1e-40, Infinity, NaN, 1e39],
        i32: [0, -1, 2 ** 31 - 1, -(2 ** 31)],
        u32: [0, 1, 2 ** 32 - 1],
        bool: [0, 1],
      })[dtype].map((value): Case => ({
        about: `${value} as ${dtype}[${shape.join(', ')}]`,
        inputs: [],
        build: () => [apply(primitives.full, [], { shape, dtype, value })],
      })),
    ),
}

export const iotaCases: Cases = {
  agreement: exact,
  cases: () =>
    (['f32', 'i32', 'u32'] as const).flatMap(dtype =>
      [0, 1, 2, 3, 5, 7, 17, 257, 1025].map((length): Case => ({
        about: `${dtype}[${length}]`,
        inputs: [],
        build: () => [apply(primitives.iota, [], { length, dtype })],
      })),
    ),
}

/** Rows that compiling removes: the value goes through. */
export const passingCases: Cases = {
  agreement: exact,
  cases: () => [
    {
      about: 'stopGradient',
      inputs: [draw([5], 1, 'special')],
      build: ([x]) => [apply(primitives.stopGradient, [x], {})],
    },
    {
      about: 'customGradient of a value and its arguments',
      inputs: [draw([5], 1), draw([5], 2)],
      build: ([x, y]) => [apply(primitives.customGradient, [plus(x, y), x, y], { backward: g => [g, g] })],
    },
    {
      about: 'one in the other',
      inputs: [draw([5], 1, 'special', 'i32')],
      build: ([x]) => [
        apply(
          primitives.stopGradient,
          [apply(primitives.customGradient, [x, x], { backward: g => [g] })],
          {},
        ),
      ],
    },
  ],
}
