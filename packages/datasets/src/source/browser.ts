import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { readFailed, type DatasetError } from '../errors.js'
import { fetchBytes, urlName, withSlash } from './fetch.js'

/** A file's URL, resolved against the page (or the worker's script). */
export const fileUrl = (source: string | URL): E.Either<DatasetError, URL> =>
  E.tryCatch(
    () => new URL(source, globalThis.location.href),
    () => readFailed(String(source), 'it is not a valid address'),
  )

/** The folder's URL, with the final slash that relative names need. */
export const folderUrl = (source: string | URL): E.Either<DatasetError, URL> =>
  E.map(withSlash)(fileUrl(source))

/** What errors call the file at a URL. */
export const fileName = urlName

/** The bytes at a URL, at most `limit` of them. */
export const readBytes = (url: URL, limit: number): TaskEither<DatasetError, Uint8Array> =>
  fetchBytes(url, limit)
