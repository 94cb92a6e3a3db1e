import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { readFailed, type DatasetError } from '../errors.js'
import { fetchBytes, urlName } from './fetch.js'

/** The folder's URL, resolved against the page (or the worker's script), with the final slash that relative names need. */
export const folderUrl = (source: string | URL): E.Either<DatasetError, URL> =>
  E.tryCatch(
    () => {
      const url = new URL(source, globalThis.location.href)
      if (!url.pathname.endsWith('/')) url.pathname += '/'
      return url
    },
    () => readFailed(String(source), 'it is not a valid address'),
  )

/** What errors call the file at a URL. */
export const fileName = urlName

/** The bytes at a URL, at most `limit` of them. */
export const readBytes = (url: URL, limit: number): TaskEither<DatasetError, Uint8Array> =>
  fetchBytes(url, limit)
