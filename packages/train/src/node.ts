import { open, readFile, rename, unlink, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { missingCheckpoint, readFailed, writeFailed, type CheckpointError } from './checkpoint/errors.js'
import type { CheckpointStore } from './checkpoint/store.js'
import { makeFolder } from './folder.js'

export { makeFolder }

const synced = async (path: string, flags: string, use: (file: FileHandle) => Promise<void>) => {
  const handle = await open(path, flags)
  try {
    await use(handle)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** On Windows a folder cannot be opened, and renaming needs no such care. */
const syncFolder = (path: string): Promise<void> =>
  process.platform === 'win32' ? Promise.resolve() : synced(path, 'r', () => Promise.resolve())

/**
 * Replaces a file wholly or not at all, through a power cut too: written beside it under the name `<path>.partial`, synced, renamed, and the
 * folder synced. Missing folders are made. On failure the old file stands.
 */
export const replaceFile =
  (path: string) =>
  (bytes: Uint8Array): TaskEither<CheckpointError, void> =>
  async () => {
    const partial = `${path}.partial`
    try {
      await makeFolder(dirname(path))
      await synced(partial, 'w', handle => handle.writeFile(bytes))
      await rename(partial, path)
      await syncFolder(dirname(path))
      return E.right(undefined)
    } catch (cause) {
      await unlink(partial).catch(() => undefined)
      return E.left(writeFailed(path, (cause as Error).message))
    }
  }

/** Keeps the last checkpoint in the file `path`. */
export const checkpointFile = (path: string): CheckpointStore => ({
  path,
  write: replaceFile(path),
  read: async () => {
    try {
      return E.right(await readFile(path))
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      return E.left(
        code === 'ENOENT' || code === 'ENOTDIR' ? missingCheckpoint(path) : readFailed(path, message),
      )
    }
  },
})
