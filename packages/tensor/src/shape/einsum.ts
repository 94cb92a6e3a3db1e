import type { Agree, Fit, Misfit, ShapeOf, ShowAll, Unknown } from './rule.js'
import { formatShape, type Shape, ShapeError } from './shape.js'

/** The indices of each operand and of the result. */
export interface EinsumSubscripts {
  readonly operands: readonly (readonly string[])[]
  readonly result: readonly string[]
}

/**
 * Reads `ij,jk->ik`: one letter per axis, commas between operands, the result after the arrow (always written,
 * so that nobody has to remember an order).
 *
 * @throws ShapeError `einsum ij,jk: the subscripts need the form 'ij,jk->ik'`
 */
export const parseEinsum = (subscripts: string): EinsumSubscripts => {
  if (!/^[A-Za-z]*(,[A-Za-z]*)*->[A-Za-z]*$/.test(subscripts))
    throw new ShapeError(`einsum ${subscripts}: the subscripts need the form 'ij,jk->ik'`)
  const [inputs, result] = subscripts.split('->') as [string, string]
  return { operands: inputs.split(',').map(indices => [...indices]), result: [...result] }
}

/** The extent of every index, in order of appearance; throws as `einsumShape`. */
export const einsumExtents = (subscripts: string, shapes: readonly Shape[]): ReadonlyMap<string, number> => {
  const { operands } = parseEinsum(subscripts)
  const fail = (reason: string) =>
    new ShapeError(`einsum ${subscripts}: ${shapes.map(formatShape).join(' x ')}: ${reason}`)
  if (operands.length !== shapes.length)
    throw fail(`subscripts for ${operands.length} operands, but ${shapes.length} given`)
  const extents = new Map<string, number>()
  operands.forEach((indices, operand) => {
    const shape = shapes[operand]
    if (indices.length !== shape.length)
      throw fail(`'${indices.join('')}' names ${indices.length} axes of a shape of rank ${shape.length}`)
    indices.forEach((index, axis) => {
      const known = extents.get(index)
      if (known !== undefined && known !== shape[axis])
        throw fail(`index ${index} is both ${known} and ${shape[axis]}`)
      extents.set(index, shape[axis])
    })
  })
  return extents
}

/**
 * The extents of the result's indices.
 *
 * @throws ShapeError `einsum ij,jk->ik: [2, 3] x [5, 4]: index j is both 3 and 5`,
 * `einsum ij->ij: [2]: 'ij' names 2 axes of a shape of rank 1`,
 * `einsum ij,jk->ik: [2, 3]: subscripts for 2 operands, but 1 given`,
 * `einsum ij->k: [2, 3]: index k of the result is in no operand`,
 * `einsum ij->ii: [2, 3]: index i of the result is repeated`, or as `parseEinsum`
 */
export const einsumShape = <const Subscripts extends string, const Shapes extends readonly Shape[]>(
  subscripts: Subscripts,
  shapes: Shapes,
): ShapeOf<Einsum<Subscripts, Shapes>> => {
  const extents = einsumExtents(subscripts, shapes)
  const { result } = parseEinsum(subscripts)
  const shape: Shape = result.map((index, place) => {
    const fail = (reason: string) =>
      new ShapeError(
        `einsum ${subscripts}: ${shapes.map(formatShape).join(' x ')}: index ${index} of the result ${reason}`,
      )
    const extent = extents.get(index)
    if (extent === undefined) throw fail('is in no operand')
    if (result.indexOf(index) !== place) throw fail('is repeated')
    return extent
  })
  return shape as ShapeOf<Einsum<Subscripts, Shapes>>
}

/** `einsumShape`. */
export type Einsum<Subscripts extends string, Shapes extends readonly Shape[]> = string extends Subscripts
  ? Unknown
  : number extends Shapes['length']
    ? Unknown
    : Subscripts extends `${infer In}->${infer Out}`
      ? [NotLetter<Out>] extends [never]
        ? [NotLetter<In, ','>] extends [never]
          ? Contracted<Subscripts, Operands<In>, Out, Shapes>
          : Malformed<Subscripts>
        : Malformed<Subscripts>
      : Malformed<Subscripts>

type Malformed<Subscripts extends string> =
  Misfit<`einsum ${Subscripts}: the subscripts need the form 'ij,jk->ik'`>

/** The first character that is neither a letter nor one of `Except`. */
type NotLetter<S extends string, Except extends string = never> = S extends `${infer C}${infer Rest}`
  ? C extends Except
    ? NotLetter<Rest, Except>
    : Uppercase<C> extends Lowercase<C>
      ? C
      : NotLetter<Rest, Except>
  : never

type Operands<S extends string, Out extends readonly string[] = []> = S extends `${infer Head},${infer Tail}`
  ? Operands<Tail, [...Out, Head]>
  : [...Out, S]

type Contracted<
  Subscripts extends string,
  Names extends readonly string[],
  Out extends string,
  Shapes extends readonly Shape[],
> = Names['length'] extends Shapes['length']
  ? Extents<Names, Shapes> extends infer E
    ? E extends string
      ? EinsumMisfit<Subscripts, Shapes, E>
      : Picked<Out, E> extends infer R
        ? R extends Shape
          ? Fit<R>
          : R extends string
            ? EinsumMisfit<Subscripts, Shapes, R>
            : Unknown
        : Unknown
    : Unknown
  : EinsumMisfit<
      Subscripts,
      Shapes,
      `subscripts for ${Names['length']} operands, but ${Shapes['length']} given`
    >

type EinsumMisfit<
  Subscripts extends string,
  Shapes extends readonly Shape[],
  Reason extends string,
> = Misfit<`einsum ${Subscripts}: ${ShowAll<Shapes, ' x '>}: ${Reason}`>

/** The extent of every index as a record, or the reason why there is none. */
type Extents<
  Names extends readonly string[],
  Shapes extends readonly Shape[],
  Known = unknown,
> = Names extends readonly [infer N extends string, ...infer RestN extends readonly string[]]
  ? Shapes extends readonly [infer S extends Shape, ...infer RestS extends readonly Shape[]]
    ? Bound<N, S, Known, N, S> extends infer K
      ? K extends string
        ? K
        : Extents<RestN, RestS, K>
      : never
    : never
  : Known

type Bound<
  N extends string,
  S extends Shape,
  Known,
  All extends string,
  Whole extends Shape,
> = number extends S['length']
  ? Known & Record<Letters<N>, number>
  : N extends `${infer C}${infer RestN}`
    ? S extends readonly [infer D extends number, ...infer RestS extends Shape]
      ? C extends keyof Known
        ? Known[C] extends infer E extends number
          ? Agree<E, D> extends true
            ? Bound<RestN, RestS, Known & Record<C, D>, All, Whole>
            : Count<All> extends Whole['length']
              ? `index ${C} is both ${E} and ${D}`
              : MiscountOf<All, Whole>
          : never
        : Bound<RestN, RestS, Known & Record<C, D>, All, Whole>
      : MiscountOf<All, Whole>
    : S extends readonly []
      ? Known
      : MiscountOf<All, Whole>

type MiscountOf<
  N extends string,
  S extends Shape,
> = `'${N}' names ${Count<N>} axes of a shape of rank ${S['length']}`

type Count<S extends string, Passed extends readonly unknown[] = []> = S extends `${string}${infer Rest}`
  ? Count<Rest, [...Passed, 0]>
  : Passed['length']

type Letters<S extends string, Out extends string = never> = S extends `${infer C}${infer Rest}`
  ? Letters<Rest, Out | C>
  : Out

type Picked<
  Out extends string,
  Extents,
  Seen extends string = never,
  Result extends number[] = [],
> = Out extends `${infer C}${infer Rest}`
  ? C extends keyof Extents
    ? C extends Seen
      ? `index ${C} of the result is repeated`
      : Picked<Rest, Extents, Seen | C, [...Result, Extents[C] extends infer D extends number ? D : number]>
    : `index ${C} of the result is in no operand`
  : Result
