import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  accessDenied,
  fileOverflow,
  missingFile,
  missingFolder,
  readFailed,
  type DatasetError,
} from '../errors.js'
import { fetchBytes, urlName, withSlash } from './fetch.js'

// Two letters at least: "C:" is a drive.
const scheme = /^[a-z][a-z0-9+.-]+:/i

/** A file's URL; a string without a scheme is a path. */
export const fileUrl = (source: string | URL): E.Either<DatasetError, URL> =>
  E.tryCatch(
    () => {
      const url =
        typeof source === 'string' && !scheme.test(source) ? pathToFileURL(resolve(source)) : new URL(source)
      // A file: URL may still name no path, as with a host in it.
      fileName(url)
      return url
    },
    thrown =>
      readFailed(String(source), `it is neither a path nor a valid address (${(thrown as Error).message})`),
  )

/** The folder's URL, with the final slash that relative names need; a string without a scheme is a path. */
export const folderUrl = (source: string | URL): E.Either<DatasetError, URL> =>
  E.map(withSlash)(fileUrl(source))

/** What errors call the file at a URL: its path where it has one. */
export const fileName = (url: URL): string => (url.protocol === 'file:' ? fileURLToPath(url) : urlName(url))

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  )

/** What the system's error at a path means. */
export const faultOf = async (thrown: unknown, path: string): Promise<DatasetError> => {
  const { code, message } = thrown as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return (await isFolder(dirname(path))) ? missingFile(path, [path]) : missingFolder(dirname(path))
  }
  return code === 'EACCES' || code === 'EPERM' ? accessDenied(path) : readFailed(path, message)
}

const readPath =
  (path: string, limit: number): TaskEither<DatasetError, Uint8Array> =>
  async () => {
    try {
      const found = await stat(path)
      if (!found.isFile()) return E.left(readFailed(path, 'it is not a regular file'))
      if (found.size > limit) return E.left(fileOverflow(path, limit, found.size))
      return E.right(await readFile(path))
    } catch (thrown) {
      return E.left(await faultOf(thrown, path))
    }
  }

/** The bytes at a URL (file:, http:, https: or data:), at most `limit` of them. */
export const readBytes = (url: URL, limit: number): TaskEither<DatasetError, Uint8Array> =>
  url.protocol === 'file:' ? readPath(fileURLToPath(url), limit) : fetchBytes(url, limit)
