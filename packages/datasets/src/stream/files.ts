import { open, readdir, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { readFailed, truncatedFile, type DatasetError } from '../errors.js'
import { faultOf } from '../source/node.js'
import { bytesOf, type RecordFile, type Records } from './records.js'

/** Fills `target` from the bytes at `position` on. */
const fill = async (
  handle: FileHandle,
  file: string,
  position: number,
  target: Uint8Array,
): Promise<E.Either<DatasetError, void>> => {
  let done = 0
  while (done < target.length) {
    const { bytesRead } = await handle.read(target, done, target.length - done, position + done)
    if (bytesRead === 0) return E.left(truncatedFile(file, position + target.length, position + done))
    done += bytesRead
  }
  return E.right(undefined)
}

/** A file that was found, before anybody knows what its records are. */
export interface FoundFile {
  readonly file: string
  /** In bytes. */
  readonly size: number
  /** Fills `target` from the bytes at `position` on. The file is open only meanwhile: a folder may have more files than a process may open. */
  readonly at: (position: number, target: Uint8Array) => TaskEither<DatasetError, void>
}

const readAt =
  (file: string): FoundFile['at'] =>
  (position, target) =>
  async () => {
    try {
      const handle = await open(file)
      try {
        return await fill(handle, file, position, target)
      } finally {
        await handle.close()
      }
    } catch (thrown) {
      return E.left(await faultOf(thrown, file))
    }
  }

const find =
  (file: string): TaskEither<DatasetError, FoundFile> =>
  async () => {
    try {
      const found = await stat(file)
      return found.isFile()
        ? E.right({ file, size: found.size, at: readAt(file) })
        : E.left(readFailed(file, 'it is not a regular file'))
    } catch (thrown) {
      return E.left(await faultOf(thrown, file))
    }
  }

/** The files as one list of records. */
const together = (files: readonly RecordFile[]): Records => {
  const [{ shape }] = files
  const bytes = bytesOf(shape)
  const starts: number[] = []
  let count = 0
  for (const file of files) {
    starts.push(count)
    count += file.count
  }
  return {
    count,
    shape,
    read: (first, wanted, target) => async () => {
      for (const [i, file] of files.entries()) {
        const from = Math.max(first, starts[i])
        const to = Math.min(first + wanted, starts[i] + file.count)
        if (from >= to) continue
        const part = target.subarray((from - first) * bytes, (to - first) * bytes)
        const read = await file.read(from - starts[i], to - from, part)()
        if (E.isLeft(read)) return read
      }
      return E.right(undefined)
    },
  }
}

/** The names of a folder's files with a given ending, in ascending order (by UTF-16 code units). */
const namesIn = async (
  folder: string,
  ending: string,
): Promise<E.Either<DatasetError, readonly string[]>> => {
  try {
    const names = (await readdir(folder)).filter(name => name.endsWith(ending)).sort()
    return names.length > 0
      ? E.right(names)
      : E.left(readFailed(folder, `no file in it has a name that ends in "${ending}"`))
  } catch (thrown) {
    return E.left(await faultOf(thrown, join(folder, `*${ending}`)))
  }
}

/** The records of a folder's files; `understand` says what a file has, and is given what the first one had. */
export const openFolder =
  (
    folder: string,
    ending: string,
    understand: (found: FoundFile, first: RecordFile | undefined) => TaskEither<DatasetError, RecordFile>,
  ): TaskEither<DatasetError, Records> =>
  async () => {
    const names = await namesIn(folder, ending)
    if (E.isLeft(names)) return names
    const files: RecordFile[] = []
    for (const name of names.right) {
      const records = await pipe(
        find(join(folder, name)),
        TE.chain(found => understand(found, files.at(0))),
      )()
      if (E.isLeft(records)) return records
      files.push(records.right)
    }
    const records = together(files)
    return records.count > 0 && bytesOf(records.shape) > 0
      ? E.right(records)
      : E.left(readFailed(folder, 'its files hold no data'))
  }
