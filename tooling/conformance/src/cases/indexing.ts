import type { DType, NDArray } from '@elbo/tensor'
import { apply, primitives } from '@elbo/tensor/internals'
import { exact, summation } from '../agreement.js'
import type { Case, Cases } from '../case.js'
import { draw, listed } from '../values.js'

/** Indices into `length` places: repeated ones, and beyond both ends. */
const indices = (batch: number, count: number, length: number): NDArray => {
  const beyond = [-1, length, 2 ** 31 - 1, -(2 ** 31), length + 1]
  const inside = draw([batch * count], batch + count, 'special', 'u32').data
  return listed(
    Array.from(inside, (word, k) =>
      k % 5 === 4 ? beyond[((k / 5) % beyond.length) | 0] : word % Math.max(1, length),
    ),
    [batch, count],
    'i32',
  )
}

/** Batch, length, inner, count. */
const sizes: readonly (readonly [number, number, number, number])[] = [
  [1, 1, 1, 1],
  [1, 5, 1, 9],
  [1, 7, 3, 4],
  [2, 3, 17, 33],
  [3, 257, 1, 255],
  [1, 1025, 2, 5],
  [2, 4, 5, 0],
  [2, 0, 5, 3],
  [0, 4, 5, 3],
  [2, 4, 0, 3],
]

export const gatherCases: Cases = {
  agreement: exact,
  cases: () =>
    (['f32', 'i32', 'u32', 'bool'] as const).flatMap(dtype =>
      sizes.flatMap(([batch, length, inner, count], i) =>
        (['NaN', 'zero'] as const).map((outside): Case => ({
          about: `${dtype}[${batch}, ${length}, ${inner}] at ${count}, outside ${outside}`,
          inputs: [draw([batch, length, inner], i, 'special', dtype), indices(batch, count, length)],
          build: inputs => [apply(primitives.gather, inputs, { outside })],
        })),
      ),
    ),
}

const numeric: readonly DType[] = ['f32', 'i32', 'u32']

export const scatterAddCases: Cases = {
  agreement: summation,
  cases: () =>
    numeric.flatMap(dtype =>
      sizes.flatMap(([batch, length, inner, count], i) =>
        (['ordinary', 'special'] as const).map((kind): Case => ({
          about: `${dtype}[${batch}, ${count}, ${inner}] into ${length}, ${kind}`,
          inputs: [indices(batch, count, length), draw([batch, count, inner], i, kind, dtype)],
          build: inputs => [apply(primitives.scatterAdd, inputs, { length })],
        })),
      ),
    ),
}

/** Counters of every shape; the words that others published are tested beside the host's own generator. */
export const threefryCases: Cases = {
  agreement: exact,
  cases: () =>
    [[], [0], [1], [2], [7], [33], [257], [2, 3], [2, 1, 5]].flatMap((shape, i) =>
      [0, 1, 2, 0xffffffff].map((domain): Case => ({
        about: `u32[${shape.join(', ')}] in domain ${domain}`,
        inputs: [draw([2], i, 'special', 'u32'), draw(shape, i + 1, 'special', 'u32')],
        build: inputs => [apply(primitives.threefry, inputs, { domain })],
      })),
    ),
}

/** Words at the ends and all over. */
export const normalFromBitsCases: Cases = {
  agreement: exact,
  cases: () => [
    {
      about: 'the first and last words',
      inputs: [
        listed(
          Array.from({ length: 2048 }, (_, i) => (i < 1024 ? i * 256 : 2 ** 32 - 1 - (i - 1024) * 256)),
          undefined,
          'u32',
        ),
      ],
      build: inputs => [apply(primitives.normalFromBits, inputs, {})],
    },
    {
      about: 'words of every kind',
      inputs: [draw([5000], 9, 'special', 'u32')],
      build: inputs => [apply(primitives.normalFromBits, inputs, {})],
    },
    ...[0, 1, 3, 17].map((n): Case => ({
      about: `length ${n}`,
      inputs: [draw([n], n, 'special', 'u32')],
      build: inputs => [apply(primitives.normalFromBits, inputs, {})],
    })),
  ],
}
