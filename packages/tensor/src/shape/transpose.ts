import type { PlaceOf, Places } from './axis.js'
import type { Fit, Misfit, ShapeOf, Show, Unknown } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'

/** The permutation that swaps the last two of `rank` axes. */
export const swapLastTwo = (rank: number): readonly number[] => [
  ...Array.from({ length: rank - 2 }, (_, axis) => axis),
  rank - 1,
  rank - 2,
]

/**
 * The axes in the order of `permutation`: axis `i` of the result is axis `permutation[i]` of the operand;
 * without a permutation, the last two axes swap.
 *
 * @throws ShapeError `transpose: [3]: needs at least two axes`, or
 * `transpose: [2, 3] by [0, 0]: not a permutation of the axes`
 */
export const transposeShape = <
  const S extends Shape,
  const P extends readonly number[] | undefined = undefined,
>(
  shape: S,
  permutation?: P,
): ShapeOf<Transpose<S, P>> =>
  transposeAxes(shape, permutation).map(axis => shape[axis]) as Shape as ShapeOf<Transpose<S, P>>

/** The permutation that `transposeShape` applies, every axis counted from the front. Throws as it does. */
export const transposeAxes = (shape: Shape, permutation?: readonly number[]): readonly number[] => {
  const rank = shape.length
  if (permutation === undefined) {
    if (rank < 2) throw new ShapeError(`transpose: ${formatShape(shape)}: needs at least two axes`)
    return swapLastTwo(rank)
  }
  const axes = permutation.map(axis => (axis < 0 ? axis + rank : axis))
  if (axes.length !== rank || shape.some((_, axis) => !axes.includes(axis)))
    throw new ShapeError(
      `transpose: ${formatShape(shape)} by ${formatShape(permutation)}: not a permutation of the axes`,
    )
  return axes
}

/** `transposeShape`. */
export type Transpose<
  S extends Shape,
  P extends readonly number[] | undefined = undefined,
> = number extends S['length']
  ? Unknown
  : P extends readonly number[]
    ? IsPermutation<S['length'], P> extends true
      ? Fit<Permuted<S, P>>
      : Misfit<`transpose: ${Show<S>} by ${Show<P>}: not a permutation of the axes`>
    : S extends readonly [...infer Batch extends Shape, infer M extends number, infer N extends number]
      ? Fit<[...Batch, N, M]>
      : Misfit<`transpose: ${Show<S>}: needs at least two axes`>

/** As many axes as the rank, all in range, every place reached. Unknown counts as true. */
type IsPermutation<Rank extends number, P extends readonly number[]> = number extends P['length']
  ? true
  : P['length'] extends Rank
    ? number extends P[number]
      ? true
      : [Places<Rank>] extends [PlaceOfEach<Rank, P[number]>]
        ? true
        : false
    : false

type PlaceOfEach<Rank extends number, Axis extends number> = Axis extends unknown
  ? PlaceOf<Rank, Axis>
  : never

type Permuted<S extends Shape, P extends readonly number[]> = {
  -readonly [I in keyof P]: PlaceOf<S['length'], P[I]> extends infer Place
    ? Place extends keyof S
      ? S[Place] extends number
        ? S[Place]
        : number
      : number
    : never
}
