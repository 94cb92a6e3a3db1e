import type { Shape } from './shape.js'

declare const mismatch: unique symbol

/** What no tensor is: the compiler names this type, and so the sentence, where literal shapes do not fit. */
export interface ShapeMismatch<Sentence extends string> {
  readonly [mismatch]: Sentence
}

/**
 * What a shape rule says of literal shapes: the shape of the result, and what it asks of the argument. The two
 * are members of one type (rather than a type that is a shape or a sentence) so that a rule that is certain
 * for every `S`, such as `Broadcast<'mul', S, S>`, stays usable inside a generic function.
 */
export interface Rule {
  readonly shape: Shape
  readonly requires: unknown
}

/** The shapes fit, as far as they are known. */
export interface Fit<S extends Shape> {
  readonly shape: S
  readonly requires: unknown
}

/** The shapes do not fit: no argument will do, and what follows is not blamed for it. */
export interface Misfit<Sentence extends string> {
  readonly shape: number[]
  readonly requires: ShapeMismatch<Sentence>
}

/** The shapes are not known well enough to say anything. */
export type Unknown = Fit<number[]>

/** To be intersected with the type of the argument that a rule is about. */
export type Requires<R extends Rule> = R['requires']

/** The shape that a rule gives. */
export type ShapeOf<R extends Rule> = R['shape']

/** `[2, 3]`, as `formatShape` prints it; `[…]` for a shape of unknown rank. */
export type Show<S extends Shape> = number extends S['length'] ? '[…]' : `[${Joined<S>}]`

type Joined<S extends Shape, Out extends string = ''> = S extends readonly [
  infer D extends number,
  ...infer Rest extends Shape,
]
  ? Joined<Rest, Out extends '' ? `${D}` : `${Out}, ${D}`>
  : Out

/** Shapes joined by a word: `[2, 3] and [4]`. */
export type ShowAll<
  Shapes extends readonly Shape[],
  Word extends string = ' and ',
  Out extends string = '',
> = Shapes extends readonly [infer S extends Shape, ...infer Rest extends readonly Shape[]]
  ? ShowAll<Rest, Word, Out extends '' ? Show<S> : `${Out}${Word}${Show<S>}`>
  : Out

/**
 * Whether dimensions are equal, as far as they are known.
 *
 * Here and in the other rules `A[] extends B[]` stands where `[A] extends [B]` is usual: the compiler puts off a
 * comparison of one-element tuples while they hold a type parameter, but decides that of arrays if it is certain,
 * as it is for equal parameters. `& number` makes a type parameter against `number` certain too.
 */
export type Agree<A extends number, B extends number> = (A & number)[] extends B[]
  ? true
  : (B & number)[] extends A[]
    ? true
    : false

/** The union of literals in `D` that are not dimensions, as strings; `never` if all are. */
export type NotNatural<D extends number> = Extract<`${D}`, `-${string}` | `${string}.${string}`>

/** The first dimension that is not a non-negative integer, but for `Except`. */
export type FirstNotNatural<S extends Shape, Except extends number = never> = S extends readonly [
  infer D extends number,
  ...infer Rest extends Shape,
]
  ? [NotNatural<Exclude<D, Except>>] extends [never]
    ? FirstNotNatural<Rest, Except>
    : D
  : never

/** A shape that the caller wrote, see `checkedShape`. */
export type Checked<Op extends string, S extends Shape> = [NotNatural<S[number]>] extends [never]
  ? Fit<[...S]>
  : Misfit<`${Op}: ${Show<S>}: dimension ${FirstNotNatural<S>} is not a non-negative integer`>
