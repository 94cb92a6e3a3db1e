import type { DType, NDArray, Shape } from '@elbo/tensor'
import { apply, primitives, type ParamsOf } from '@elbo/tensor/internals'
import { exact, summation, type Agreement } from '../agreement.js'
import type { Case, Cases } from '../case.js'
import { draw, listed, oddLengths, special, type Kind } from '../values.js'

const numeric: readonly DType[] = ['f32', 'i32', 'u32']
const list = (numbers: readonly number[]): string => `[${numbers.join(', ')}]`

const axesOf: readonly (readonly [Shape, readonly number[]])[] = [
  [[0], [0]],
  [[1], [0]],
  [[3, 0], [1]],
  [[0, 3], [1]],
  [
    [2, 0, 3],
    [0, 2],
  ],
  [[7, 5], [0]],
  [[7, 5], [1]],
  [
    [7, 5],
    [0, 1],
  ],
  [[1, 9], [0]],
  [[9, 1], [0]],
  [[33, 17], [0]],
  [[17, 33], [1]],
  [[3, 255], [1]],
  [[255, 3], [0]],
  [[2, 3, 4], [1]],
  [
    [2, 3, 4],
    [0, 2],
  ],
  [
    [5, 2, 3, 4],
    [1, 3],
  ],
  [
    [5, 2, 3, 4],
    [0, 1],
  ],
  [
    [2, 3, 2, 3, 2],
    [0, 2, 4],
  ],
  [
    [2, 3, 2, 3, 2],
    [1, 3],
  ],
  [
    [2, 3, 2, 3, 2],
    [0, 1, 2, 3, 4],
  ],
  [
    [4, 1, 5],
    [0, 1],
  ],
]

const kinds: readonly Kind[] = ['ordinary', 'special', 'wide']

const over = (name: 'sum' | 'reduceMax', about: string, x: NDArray, axes: readonly number[]): Case => ({
  about: `${x.dtype}${list(x.shape)} over ${list(axes)}, ${about}`,
  inputs: [x],
  build: ([t]) => [apply(primitives[name], [t], { axes })],
})

const axesCases = (name: 'sum' | 'reduceMax', agreement: Agreement): Cases => ({
  agreement,
  cases: () =>
    numeric.flatMap(dtype => [
      over(name, 'special numbers', listed(special[dtype], [special[dtype].length, 1], dtype), [1]),
      ...special[dtype].map((value, i) =>
        over(name, `${value} among others`, listed([1, 2, 3, value, 5], [5], dtype), i % 2 === 0 ? [0] : [0]),
      ),
      ...oddLengths.flatMap(n => [
        over(name, 'a vector', draw([n], n, 'ordinary', dtype), [0]),
        over(name, 'columns', draw([n, 3], n, 'ordinary', dtype), [0]),
        over(name, 'rows', draw([3, n], n, 'wide', dtype), [1]),
      ]),
      ...axesOf.flatMap(([shape, axes], i) =>
        kinds.map(kind => over(name, kind, draw(shape, i, kind, dtype), axes)),
      ),
      over(name, 'two signs of zero', listed([-0, 0, -0], [3], dtype), [0]),
      over(name, 'negative zeros', listed([-0, -0], [2], dtype), [0]),
    ]),
})

export const sumCases: Cases = axesCases('sum', summation)
export const reduceMaxCases: Cases = axesCases('reduceMax', exact)

const alongAxis: readonly (readonly [Shape, number])[] = [
  [[7], 0],
  [[1], 0],
  [[5, 3], 0],
  [[5, 3], 1],
  [[2, 17, 3], 1],
  [[33, 4], 0],
  [[3, 255], 1],
  [[2, 3, 4, 5], 2],
  [[2, 3, 1, 2, 4], 4],
  [[2, 3, 1, 2, 4], 2],
  [[0, 3], 1],
  [[2, 1025], 1],
]

/** Few different values, so that many tie; NaN and both zeros among them. */
const tied = (shape: Shape, seed: number, dtype: DType): NDArray => {
  const few =
    dtype === 'f32' ? [0, -0, 1, NaN, Infinity, -Infinity, 1] : dtype === 'bool' ? [0, 1] : [0, 1, 2]
  const { data } = draw(shape, seed, 'special', 'u32')
  return listed(
    Array.from(data, word => few[word % few.length]),
    shape,
    dtype,
  )
}

export const argmaxCases: Cases = {
  agreement: exact,
  cases: () =>
    (['f32', 'i32', 'u32', 'bool'] as const).flatMap(dtype =>
      alongAxis.flatMap(([shape, axis], i) =>
        [draw(shape, i, 'ordinary', dtype), draw(shape, i, 'special', dtype), tied(shape, i, dtype)].map(
          (x, n): Case => ({
            about: `${dtype}${list(shape)} along ${axis}, ${['ordinary', 'special', 'tied'][n]}`,
            inputs: [x],
            build: ([t]) => [apply(primitives.argmax, [t], { axis })],
          }),
        ),
      ),
    ),
}

export const cumsumCases: Cases = {
  agreement: summation,
  cases: () =>
    numeric.flatMap(dtype =>
      [...alongAxis, [[3, 0], 1] as const, [[0], 0] as const].flatMap(([shape, axis], i) =>
        [false, true].flatMap(reverse =>
          kinds.map((kind): Case => ({
            about: `${dtype}${list(shape)} along ${axis}${reverse ? ', from the end' : ''}, ${kind}`,
            inputs: [draw(shape, i, kind, dtype)],
            build: ([t]) => [apply(primitives.cumsum, [t], { axis, reverse })],
          })),
        ),
      ),
    ),
}

const lastAxis: readonly Shape[] = [
  [1],
  [2],
  [3],
  [7],
  [17],
  [64],
  [257],
  [0],
  [3, 0],
  [0, 4],
  [5, 3],
  [2, 3, 33],
  [2, 1, 2, 1, 5],
]

export const argsortCases: Cases = {
  agreement: exact,
  cases: () =>
    (['f32', 'i32', 'u32', 'bool'] as const).flatMap(dtype =>
      lastAxis.flatMap((shape, i) =>
        [false, true].flatMap(descending =>
          [draw(shape, i, 'special', dtype), tied(shape, i, dtype)].map((x, n): Case => ({
            about: `${dtype}${list(shape)} ${descending ? 'falling' : 'rising'}, ${n === 0 ? 'special' : 'tied'}`,
            inputs: [x],
            build: ([t]) => [apply(primitives.argsort, [t], { descending } satisfies ParamsOf<'argsort'>)],
          })),
        ),
      ),
    ),
}
