import type { Size } from './digits.js'
import type { Agree, Fit, FirstNotNatural, Misfit, NotNatural, ShapeOf, Show, Unknown } from './rule.js'
import { formatShape, type Shape, ShapeError, sizeOf } from './shape.js'

/**
 * The shape `target` with as many elements as `shape`; one dimension of `target` may be -1, which takes what
 * the others leave.
 *
 * @throws ShapeError `reshape: [2, 3] to [4, 2]: 6 elements cannot fill 8`,
 * `reshape: [2, 3] to [4, -1]: 6 elements do not divide by 4`,
 * `reshape: [2, 3] to [-1, -1]: only one dimension may be -1`, or
 * `reshape: [2, 3] to [-2, -3]: dimension -2 is not a non-negative integer`
 */
export const reshapeShape = <const S extends Shape, const T extends Shape>(
  shape: S,
  target: T,
): ShapeOf<Reshape<S, T>> => {
  const fail = (reason: string) =>
    new ShapeError(`reshape: ${formatShape(shape)} to ${formatShape(target)}: ${reason}`)
  const bad = target.find(dimension => !Number.isSafeInteger(dimension) || dimension < -1)
  if (bad !== undefined) throw fail(`dimension ${bad} is not a non-negative integer`)
  const open = target.indexOf(-1)
  if (open !== target.lastIndexOf(-1)) throw fail('only one dimension may be -1')
  const size = sizeOf(shape)
  if (open < 0) {
    if (size !== sizeOf(target)) throw fail(`${size} elements cannot fill ${sizeOf(target)}`)
    return target as Shape as ShapeOf<Reshape<S, T>>
  }
  const known = sizeOf(target.filter(dimension => dimension !== -1))
  if (known === 0 || size % known !== 0) throw fail(`${size} elements do not divide by ${known}`)
  return target.map(dimension => (dimension === -1 ? size / known : dimension)) as Shape as ShapeOf<
    Reshape<S, T>
  >
}

/**
 * `reshapeShape`. Dimensions that both shapes begin and end with are set aside before anything is multiplied; -1
 * is worked out where the rest of the target is then used up (`[64, 1, 28, 28]` to `[64, -1]` is `[64, 784]`),
 * and is `number` otherwise, its divisibility checked at run time.
 */
export type Reshape<S extends Shape, T extends Shape> = number extends T['length']
  ? Fit<number[]>
  : [NotNatural<Exclude<T[number], -1>>] extends [never]
    ? OpenAxes<T> extends infer Open extends readonly unknown[]
      ? Open extends readonly [unknown, unknown, ...unknown[]]
        ? Misfit<`reshape: ${Show<S>} to ${Show<T>}: only one dimension may be -1`>
        : Open extends readonly [unknown]
          ? Fit<Filled<T, WithoutCommonEnds<S, T>>>
          : Filling<S, T, WithoutCommonEnds<S, T>>
      : Unknown
    : Misfit<`reshape: ${Show<S>} to ${Show<T>}: dimension ${FirstNotNatural<T, -1>} is not a non-negative integer`>

type OpenAxes<T extends Shape, Out extends readonly unknown[] = []> = T extends readonly [
  infer D extends number,
  ...infer Rest extends Shape,
]
  ? OpenAxes<Rest, D extends -1 ? [...Out, D] : Out>
  : Out

type WithoutCommonEnds<S extends Shape, T extends Shape> = S extends readonly [
  infer X,
  ...infer RestS extends Shape,
]
  ? T extends readonly [infer Y, ...infer RestT extends Shape]
    ? [X, Y][] extends [Y, X][]
      ? WithoutCommonEnds<RestS, RestT>
      : WithoutCommonTails<S, T>
    : [S, T]
  : [S, T]

type WithoutCommonTails<S extends Shape, T extends Shape> = S extends readonly [
  ...infer RestS extends Shape,
  infer X,
]
  ? T extends readonly [...infer RestT extends Shape, infer Y]
    ? [X, Y][] extends [Y, X][]
      ? WithoutCommonTails<RestS, RestT>
      : [S, T]
    : [S, T]
  : [S, T]

type Filling<S extends Shape, T extends Shape, Rest extends [Shape, Shape]> = [
  Size<Rest[0]>,
  Size<Rest[1]>,
] extends [infer P extends number, infer Q extends number]
  ? Agree<P, Q> extends true
    ? Fit<[...T]>
    : [Size<S>, Size<T>] extends [infer M extends number, infer N extends number]
      ? Agree<M, N> extends true
        ? Fit<[...T]>
        : Misfit<`reshape: ${Show<S>} to ${Show<T>}: ${M} elements cannot fill ${N}`>
      : Unknown
  : Unknown

type Filled<T extends Shape, Rest extends [Shape, Shape]> = {
  -readonly [I in keyof T]: T[I] extends -1 ? (Rest[1] extends readonly [-1] ? Size<Rest[0]> : number) : T[I]
}
