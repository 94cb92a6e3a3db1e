import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { accessDenied, fileOverflow, missingFile, readFailed, type DatasetError } from '../errors.js'

const refusal = (response: Response, file: string): DatasetError => {
  switch (response.status) {
    case 401:
    case 403:
      return accessDenied(file)
    case 404:
    case 410:
      return missingFile(file, [file])
    default:
      return readFailed(file, `the server answered ${response.status} ${response.statusText}`.trimEnd())
  }
}

const joined = (chunks: readonly Uint8Array[], length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  let position = 0
  for (const chunk of chunks) {
    bytes.set(chunk, position)
    position += chunk.length
  }
  return bytes
}

const field = (value: unknown, name: 'message' | 'cause'): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

/**
 * What `fetch` throws says little; the cause below it, where the platform gives one, says what happened. Told by its fields,
 * for an error of another realm (a frame, a Node context) is no instance of this one's Error.
 */
const reasonOf = (thrown: unknown): string => {
  const messages = [field(thrown, 'message'), field(field(thrown, 'cause'), 'message')]
  return (
    messages.filter(message => typeof message === 'string' && message !== '').join(': ') || String(thrown)
  )
}

/** What errors call the file at a URL: bundlers turn small files into data: URLs, which say nothing to people. */
export const urlName = (url: URL): string => (url.protocol === 'data:' ? 'a file in a data: URL' : url.href)

/** A folder's URL as relative names need it: ending with a slash. */
export const withSlash = (folder: URL): URL => {
  const url = new URL(folder)
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

/** Fetches a URL, and gives up as soon as more than `limit` bytes have come. */
export const fetchBytes =
  (url: URL, limit: number): TaskEither<DatasetError, Uint8Array> =>
  async () => {
    const file = urlName(url)
    try {
      const response = await fetch(url)
      if (!response.ok) return E.left(refusal(response, file))
      const chunks: Uint8Array[] = []
      let length = 0
      const reader = response.body?.getReader()
      for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
        chunks.push(part.value)
        length += part.value.length
        if (length > limit) {
          await reader?.cancel()
          return E.left(fileOverflow(file, limit, length))
        }
      }
      return E.right(joined(chunks, length))
    } catch (thrown) {
      return E.left(readFailed(file, reasonOf(thrown)))
    }
  }
