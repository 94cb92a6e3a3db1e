import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/** A value out of a file: text as it stands, up to a length; of records and arrays, which may nest deeper than a stack goes, only what they are. */
const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'a record'
  const text = String(JSON.stringify(value))
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** The first of a decoder's complaints: `cursor.epoch is "x", not a non-negative integer`. */
export const reasonOf = (errors: t.Errors): string => {
  const [{ context, value }] = errors as [t.ValidationError]
  const path = context
    .map(({ key }) => key)
    .filter(key => key !== '')
    .join('.')
  const wanted = context[context.length - 1]?.type.name ?? 'what was expected'
  return `${path === '' ? 'it' : path} is ${shown(value)}, not ${wanted}`
}

/** JSON text through a codec; the reason where it does not fit. */
export const decodeJson =
  <A>(codec: t.Decoder<unknown, A>) =>
  (text: string): E.Either<string, A> => {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (cause) {
      return E.left(`it is not JSON (${(cause as Error).message})`)
    }
    return E.mapLeft(reasonOf)(codec.decode(value))
  }
