import type { DType, Shape, AnyTensor } from '@elbo/tensor'
import { apply, primitives, type ParamsOf } from '@elbo/tensor/internals'
import { exact } from '../agreement.js'
import type { Case, Cases } from '../case.js'
import { draw } from '../values.js'

/** Rows that move elements: on every element type, −0, NaN and what else the words may hold arrive as they were. */

const dtypes: readonly DType[] = ['f32', 'i32', 'u32', 'bool']
const list = (numbers: readonly number[]): string => `[${numbers.join(', ')}]`

type Build = (x: AnyTensor) => AnyTensor

/** Every element type in turn, so that each meets many of the shapes. */
const moved = (situations: readonly (readonly [about: string, shape: Shape, build: Build])[]): Cases => ({
  agreement: exact,
  cases: () =>
    situations.flatMap(([about, shape, build], i) =>
      (i === 0 ? dtypes : [dtypes[i % 4]]).map((dtype): Case => ({
        about: `${dtype}${list(shape)} ${about}`,
        inputs: [draw(shape, i, 'special', dtype)],
        build: ([x]) => [build(x)],
      })),
    ),
})

const broadcastTo =
  (shape: Shape): Build =>
  x =>
    apply(primitives.broadcast, [x], { shape })

export const broadcastCases = moved(
  (
    [
      [[], []],
      [[], [5]],
      [[], [2, 0, 3]],
      [[1], [0]],
      [[1], [1025]],
      [[3], [3]],
      [[3], [2, 3]],
      [[17], [33, 17]],
      [
        [2, 1],
        [2, 255],
      ],
      [
        [1, 7],
        [9, 7],
      ],
      [
        [2, 1, 3],
        [2, 4, 3],
      ],
      [
        [1, 4, 1],
        [3, 4, 5],
      ],
      [
        [2, 1, 3, 1, 2],
        [2, 5, 3, 4, 2],
      ],
      [
        [1, 1, 1, 1, 1],
        [2, 3, 1, 2, 3],
      ],
      [
        [3, 1],
        [4, 2, 3, 5],
      ],
    ] as readonly (readonly [Shape, Shape])[]
  ).map(([from, to]) => [`to ${list(to)}`, from, broadcastTo(to)] as const),
)

export const reshapeCases = moved(
  (
    [
      [[6], [2, 3]],
      [[], [1, 1, 1]],
      [[1], []],
      [
        [0, 4],
        [2, 0],
      ],
      [
        [2, 3, 4],
        [4, 6],
      ],
      [
        [1, 1025],
        [1025, 1],
      ],
      [[2, 1, 3, 1, 2], [12]],
    ] as readonly (readonly [Shape, Shape])[]
  ).map(
    ([from, to]) => [`as ${list(to)}`, from, x => apply(primitives.reshape, [x], { shape: to })] as const,
  ),
)

const permutations = (rank: number): readonly (readonly number[])[] =>
  rank === 0
    ? [[]]
    : permutations(rank - 1).flatMap(rest =>
        Array.from({ length: rank }, (_, at) => [...rest.slice(0, at), rank - 1, ...rest.slice(at)]),
      )

export const transposeCases = moved(
  [
    ...permutations(3).map(permutation => [[2, 3, 4] as Shape, permutation] as const),
    ...permutations(4).map(permutation => [[2, 3, 1, 5] as Shape, permutation] as const),
    ...permutations(5)
      .filter((_, i) => i % 7 === 0)
      .map(permutation => [[3, 2, 4, 1, 5] as Shape, permutation] as const),
    [[] as Shape, []] as const,
    [[5], [0]] as const,
    [
      [0, 3],
      [1, 0],
    ] as const,
    [
      [17, 33],
      [1, 0],
    ] as const,
    [
      [1, 257],
      [1, 0],
    ] as const,
    [
      [255, 5],
      [1, 0],
    ] as const,
    [
      [3, 65, 19],
      [0, 2, 1],
    ] as const,
    [
      [3, 19, 6, 4],
      [0, 2, 1, 3],
    ] as const,
  ].map(
    ([shape, permutation]) =>
      [
        `with axes ${list(permutation)}`,
        shape,
        x => apply(primitives.transpose, [x], { permutation }),
      ] as readonly [string, Shape, Build],
  ),
)

const sliceTo =
  (params: ParamsOf<'slice'>): Build =>
  x =>
    apply(primitives.slice, [x], params)

export const sliceCases = moved(
  (
    [
      [[7], [2], [3], [1]],
      [[7], [0], [7], [1]],
      [[7], [1], [3], [2]],
      [[7], [7], [0], [1]],
      [[1025], [3], [341], [3]],
      [[0], [0], [0], [1]],
      [[], [], [], []],
      [
        [5, 6],
        [1, 2],
        [3, 4],
        [1, 1],
      ],
      [
        [5, 6],
        [4, 0],
        [1, 3],
        [1, 2],
      ],
      [
        [4, 1, 17],
        [1, 0, 1],
        [2, 1, 8],
        [2, 1, 2],
      ],
      [
        [3, 4, 5, 2],
        [0, 1, 2, 0],
        [3, 3, 3, 2],
        [1, 1, 1, 1],
      ],
      [
        [2, 3, 2, 4, 3],
        [1, 0, 0, 1, 2],
        [1, 2, 2, 2, 1],
        [1, 2, 1, 2, 1],
      ],
      [
        [9, 4],
        [2, 1],
        [3, 0],
        [2, 1],
      ],
    ] as readonly (readonly [Shape, number[], number[], number[]])[]
  ).map(
    ([shape, starts, sizes, steps]) =>
      [
        `from ${list(starts)}, ${list(sizes)} by ${list(steps)}`,
        shape,
        sliceTo({ starts, sizes, steps }),
      ] as const,
  ),
)

const padBy =
  (params: ParamsOf<'pad'>): Build =>
  x =>
    apply(primitives.pad, [x], { ...params, value: x.dtype === 'bool' ? 1 : params.value })

export const padCases = moved(
  (
    [
      [[3], [1], [2], [0], 0],
      [[3], [0], [0], [2], -0],
      [[0], [2], [1], [3], 1],
      [[1], [0], [1], [4], 7],
      [[], [], [], [], 5],
      [[257], [3], [0], [1], 2],
      [[2, 3], [1, 0], [0, 2], [1, 0], 3],
      [[0, 3], [1, 1], [1, 1], [0, 2], 4],
      [[2, 1, 3], [0, 2, 1], [1, 0, 2], [2, 1, 0], 9],
      [[2, 1, 2, 3], [0, 0, 1, 2], [0, 0, 2, 1], [0, 0, 0, 0], 0],
      [[2, 1, 2, 1, 3], [1, 0, 1, 0, 1], [0, 1, 0, 1, 0], [1, 0, 2, 0, 1], 6],
    ] as readonly (readonly [Shape, number[], number[], number[], number])[]
  ).flatMap(([shape, low, high, interior, value]) =>
    // Infinity and NaN stand for what only f32 has.
    [value, -Infinity, NaN]
      .filter((_, i) => i === 0 || shape.length === 1)
      .map(
        v =>
          [
            `by ${list(low)}, ${list(high)}, ${list(interior)} of ${v}`,
            shape,
            (x: AnyTensor) => padBy({ low, high, interior, value: x.dtype === 'f32' ? v : value })(x),
          ] as const,
      ),
  ),
)

export const reverseCases = moved(
  (
    [
      [[5], [0]],
      [[1025], [0]],
      [[0], [0]],
      [
        [3, 4],
        [0, 1],
      ],
      [[3, 4], [1]],
      [[17, 5], [0]],
      [
        [2, 0, 3],
        [0, 2],
      ],
      [[2, 3, 4], [1]],
      [
        [2, 3, 1, 2, 3],
        [4, 0, 2],
      ],
    ] as readonly (readonly [Shape, number[]])[]
  ).map(
    ([shape, axes]) => [`along ${list(axes)}`, shape, x => apply(primitives.reverse, [x], { axes })] as const,
  ),
)

/** Of several inputs. */
export const concatCases: Cases = {
  agreement: exact,
  cases: () =>
    (
      [
        [0, [[3]]],
        [0, [[2], [3], [1]]],
        [0, [[0], [5], [0]]],
        [
          1,
          [
            [2, 3],
            [2, 1],
            [2, 33],
          ],
        ],
        [
          0,
          [
            [1, 17],
            [2, 17],
          ],
        ],
        [
          2,
          [
            [2, 3, 1],
            [2, 3, 2],
          ],
        ],
        [
          1,
          [
            [3, 0, 2],
            [3, 2, 2],
          ],
        ],
        [
          2,
          [
            [2, 1, 3, 2, 2],
            [2, 1, 1, 2, 2],
          ],
        ],
        [0, Array.from({ length: 20 }, (_, i) => [i % 3, 5])],
      ] as readonly (readonly [number, readonly Shape[]])[]
    ).flatMap(([axis, shapes], i) =>
      (i === 1 ? dtypes : [dtypes[i % 4]]).map((dtype): Case => ({
        about: `${dtype}, ${shapes.map(list).join(' ')} along ${axis}`,
        inputs: shapes.map((shape, n) => draw(shape, 10 * i + n, 'special', dtype)),
        build: inputs => [apply(primitives.concat, inputs, { axis })],
      })),
    ),
}

/** The same input twice, and the input itself as a further result. */
export const concatOfOne: Case = {
  about: 'one input twice',
  inputs: [draw([2, 3], 1, 'special')],
  build: ([x]) => [apply(primitives.concat, [x, x], { axis: 0 }), x],
}
