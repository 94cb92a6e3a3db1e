import type { DType, NDArray, Shape } from '@elbo/tensor'
import { hostArray, sizeOf } from '@elbo/tensor/internals'

/** A reproducible stream of numbers in [0, 1) (Tommy Ettinger's mulberry32). */
export const stream = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
}

const smallest = 2 ** -149
const largest = 2 ** 128 - 2 ** 104
const signed = (values: readonly number[]): readonly number[] => values.flatMap(x => [x, -x])

/** Numbers at which kernels go wrong. */
export const special: Readonly<Record<DType, readonly number[]>> = {
  f32: [
    NaN,
    ...signed([0, 1, 2, 3, 0.5, 1.5, 2.5, 10, 32]),
    ...signed([Infinity, largest, 2 ** 127, 3e38, 1e20]),
    ...signed([smallest, 3 * smallest, 2 ** -127, 2 ** -126, 1e-40, 1e-20]),
    ...signed([1 + 2 ** -23, 1 - 2 ** -24, 0.49999997, 0.1, 1 / 3, Math.PI]),
    ...signed([2 ** 22 + 0.5, 2 ** 23 - 0.5, 2 ** 24 + 2, 2 ** 31, 2 ** 32, 2 ** 31 - 128]),
  ],
  i32: [
    ...signed([0, 1, 2, 3, 5, 7, 31, 32, 33, 64, 255, 65535, 65536, 123456789, 2 ** 31 - 1]),
    -(2 ** 31),
    1 - 2 ** 31,
  ],
  u32: [
    0,
    1,
    2,
    3,
    7,
    31,
    32,
    33,
    64,
    255,
    65535,
    65537,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 31 + 1,
    2 ** 32 - 2,
    2 ** 32 - 1,
  ],
  bool: [0, 1],
}

/** Where a stream of values is drawn from. */
export type Kind =
  /** Both signs, of moderate size; integers from −9 to 9. */
  | 'ordinary'
  /** `special` among ordinary ones. */
  | 'special'
  /** Above 0, of moderate size. */
  | 'positive'
  /** Finite, of every magnitude that f32 has. */
  | 'wide'
  /** Numbers whose sums and products with each other are exact. */
  | 'whole'

const drawF32 = (kind: Kind, next: () => number): number => {
  switch (kind) {
    case 'ordinary':
      return 6 * next() - 3
    case 'positive':
      return 0.1 + 4 * next()
    case 'whole':
      return Math.floor(9 * next()) - 4
    case 'wide':
      return (next() < 0.5 ? -1 : 1) * 2 ** (277 * next() - 149)
    case 'special':
      return next() < 0.5 ? special.f32[Math.floor(next() * special.f32.length)] : 6 * next() - 3
  }
}

const drawWhole = (dtype: 'i32' | 'u32', kind: Kind, next: () => number): number => {
  if (kind === 'special' || kind === 'wide') {
    if (next() < 0.5) return special[dtype][Math.floor(next() * special[dtype].length)]
    return Math.floor(next() * 2 ** 32) - (dtype === 'i32' ? 2 ** 31 : 0)
  }
  if (kind === 'positive') return 1 + Math.floor(next() * 9)
  return Math.floor(next() * (dtype === 'u32' ? 10 : 19)) - (dtype === 'u32' ? 0 : 9)
}

/** Host data of a shape, drawn reproducibly. */
export const draw = <D extends DType = 'f32'>(
  shape: Shape,
  seed: number,
  kind: Kind = 'ordinary',
  dtype: D = 'f32' as D,
): NDArray<Shape, D> => {
  const next = stream(seed)
  const data = hostArray(dtype, sizeOf(shape))
  for (let i = 0; i < data.length; i++) {
    data[i] =
      dtype === 'f32'
        ? drawF32(kind, next)
        : dtype === 'bool'
          ? Number(next() < 0.5)
          : drawWhole(dtype, kind, next)
  }
  return { data, shape, dtype }
}

/** Host data from a list. */
export const listed = <D extends DType = 'f32'>(
  values: readonly number[],
  shape: Shape = [values.length],
  dtype: D = 'f32' as D,
): NDArray<Shape, D> => {
  const data = hostArray(dtype, sizeOf(shape))
  data.set(values)
  return { data, shape, dtype }
}

/** Every special number with every other: two vectors. */
export const pairs = <D extends DType>(dtype: D): readonly [NDArray<Shape, D>, NDArray<Shape, D>] => {
  const all = special[dtype]
  return [
    listed(
      all.flatMap(x => all.map(() => x)),
      undefined,
      dtype,
    ),
    listed(
      all.flatMap(() => all),
      undefined,
      dtype,
    ),
  ]
}

/** Lengths that leave every kind of tail after whole vectors of lanes. */
export const oddLengths: readonly number[] = [1, 2, 3, 5, 7, 17, 33, 255, 257, 1025]
