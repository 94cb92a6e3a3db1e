import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** A decoder of plain data, whose result is plain data of the same form. */
export type Codec<A> = t.Decoder<unknown, A>

const codec = <A>(name: string, decode: Codec<A>['validate']): Codec<A> =>
  new t.Type<A, unknown>(name, (_): _ is A => true, decode, t.identity)

/** A number of one kind, by its name in an error. */
const number = (name: string, holds: (n: number) => boolean): Codec<number> =>
  codec(name, (value, context) =>
    typeof value === 'number' && Number.isFinite(value) && holds(value)
      ? t.success(value)
      : t.failure(value, context),
  )

export const positiveInteger = number('a positive integer', n => Number.isSafeInteger(n) && n > 0)
export const count = number('a whole number from 0', n => Number.isSafeInteger(n) && n >= 0)
export const positive = number('a positive number', n => n > 0)
export const nonNegative = number('a number from 0', n => n >= 0)
export const above = (least: number): Codec<number> => number(`a number above ${least}`, n => n > least)
export const wholeFrom = (least: number): Codec<number> =>
  number(`a whole number from ${least}`, n => Number.isSafeInteger(n) && n >= least)
export const share = number('a number above 0, at most 1', n => n > 0 && n <= 1)

export const listOf = <A>(each: Codec<A>): Codec<readonly A[]> =>
  t.readonlyArray(each as t.Type<A, unknown>, `a list, each ${each.name}`)

export const oneOrMore = <A>(each: Codec<A>): Codec<readonly A[]> =>
  codec('a list of one or more', (value, context) =>
    Array.isArray(value) && value.length === 0
      ? t.failure(value, context)
      : listOf(each).validate(value, context),
  )

/** One of some words. */
export const oneOf = <const W extends readonly string[]>(...words: W): Codec<W[number]> =>
  codec(words.map(word => JSON.stringify(word)).join(' or '), (value, context) =>
    words.includes(value as string) ? t.success(value as W[number]) : t.failure(value, context),
  )

export type Fields = Readonly<Record<string, Codec<unknown>>>
type Decoded<F extends Fields> = { readonly [K in keyof F]: F[K] extends Codec<infer A> ? A : never }

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A record of settings. What is absent stays absent where it may be; a name that is none of them is an error: a slip of the pen would go
 * unnoticed.
 */
export const settings = <R extends Fields, const O extends Fields>(
  required: R,
  optional: O,
): Codec<Decoded<R> & Partial<Decoded<O>>> => {
  const fields: Fields = { ...required, ...optional }
  const names = Object.keys(fields)
  const unknown = codec<never>(
    `one of the settings that there are here (${names.join(', ')})`,
    (value, context) => t.failure(value, context),
  )
  return codec('a record', (value, context) => {
    if (!isRecord(value)) return t.failure(value, context)
    const known = names
      .filter(name => name in required || value[name] !== undefined)
      .map(
        name =>
          [
            name,
            fields[name].validate(value[name], t.appendContext(context, name, fields[name], value[name])),
          ] as const,
      )
    const strange = Object.keys(value)
      .filter(name => !names.includes(name))
      .map(
        name =>
          [
            name,
            unknown.validate(value[name], t.appendContext(context, name, unknown, value[name])),
          ] as const,
      )
    const errors = [...known, ...strange].flatMap(([, found]) => (E.isLeft(found) ? found.left : []))
    return errors.length > 0
      ? t.failures(errors)
      : t.success(
          Object.fromEntries(
            known.flatMap(([name, found]) => (E.isRight(found) ? [[name, found.right]] : [])),
          ) as never,
        )
  })
}

/** A row of a table of kinds: the codec of its settings, `kind` among them, and what is built of them. */
export interface Kind<S> {
  readonly codec: Codec<S>
}

/** One of the kinds of a table, with its settings. */
export type Chosen<T extends Readonly<Record<string, Kind<unknown>>>> = {
  readonly [K in keyof T]: { readonly kind: K } & (T[K] extends Kind<infer S> ? S : never)
}[keyof T]

/** A choice from a table of kinds: `{ "kind": "mlp", "hidden": [400] }`. */
export const oneOfKinds = <T extends Readonly<Record<string, Kind<unknown>>>>(table: T): Codec<Chosen<T>> => {
  const kinds = Object.keys(table)
  const named = oneOf(...kinds)
  return codec(`a record with a kind: ${kinds.join(', ')}`, (value, context) => {
    if (!isRecord(value)) return t.failure(value, context)
    const { kind, ...rest } = value
    const found = named.validate(kind, t.appendContext(context, 'kind', named, kind))
    if (E.isLeft(found)) return found
    return E.map((own: object) => ({ kind: found.right, ...own }))(
      table[found.right].codec.validate(rest, context) as t.Validation<object>,
    ) as t.Validation<never>
  })
}

/** The row that a choice is of. Its functions take the settings of that choice. */
export const rowOf = <R>(table: Readonly<Record<string, unknown>>, { kind }: { readonly kind: string }): R =>
  table[kind] as R
