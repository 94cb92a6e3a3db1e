import * as E from 'fp-ts/lib/Either.js'
import { badText, type DatasetError } from '../errors.js'

const isValidUpTo = (bytes: Uint8Array, end: number): boolean => {
  try {
    // With `stream`, a character that the end cuts off is no fault.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true })
    return true
  } catch {
    return false
  }
}

/** Where the first fault of bytes that are not UTF-8 shows, by bisection. */
const faultAt = (bytes: Uint8Array): number => {
  let [good, bad] = [0, bytes.length + 1]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isValidUpTo(bytes, middle)) good = middle
    else bad = middle
  }
  return good
}

/** Bytes as text. A mark of the byte order at the beginning falls away. */
export const utf8 =
  (file: string) =>
  (bytes: Uint8Array): E.Either<DatasetError, string> =>
    E.tryCatch(
      () => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
      () => badText(file, faultAt(bytes)),
    )
