import { rm, stat, writeFile } from 'node:fs/promises'
import { makeFolder, replaceFile } from '@elbo/train/node'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, reasonOf, systemCode, type Failure } from '../failure.js'
import { checkpointFailure } from './failures.js'

/** Where a run keeps itself; each model has files of its own beside these. */
export interface RunFolder {
  readonly path: string
  readonly checkpoint: string
  readonly metrics: string
  /** What a run that begins must not find there. */
  readonly stale?: string
}

const cannotCreate = failure('cannotCreate')

/** Why nothing can be written at `path`, as far as the system tells. */
const unwritable = (path: string, error: unknown): Failure => {
  switch (systemCode(error)) {
    case 'EEXIST':
    case 'ENOTDIR':
      return cannotCreate(
        `The output folder ${path} cannot be made: a file stands in its place. Choose another --out, or move the file away.`,
      )
    case 'EACCES':
    case 'EPERM':
      return cannotCreate(
        `The output folder ${path} cannot be written to: permission denied. Choose another --out, or change its permissions.`,
      )
    case 'EROFS':
      return cannotCreate(`The output folder ${path} is on a read-only file system. Choose another --out.`)
    case 'ENOSPC':
    case 'EDQUOT':
      return failure('io')(
        `There is no space left to write ${path}. Free some, or choose another --out. What was complete before is untouched.`,
      )
    default:
      return failure('io')(`${path} cannot be written: ${reasonOf(error)}. Choose another --out.`)
  }
}

/** Makes the folder where it is missing, and finds out whether a file can be made in it. */
export const prepareFolder =
  ({ path, metrics, stale }: RunFolder, begins: boolean): TaskEither<Failure, void> =>
  async () => {
    try {
      await makeFolder(path)
      await writeFile(metrics, '', { flag: 'a' })
      if (begins && stale !== undefined) await rm(stale, { force: true })
      return E.right(undefined)
    } catch (error) {
      return E.left(unwritable(path, error))
    }
  }

/** Makes a folder for results where it is missing. */
export const prepareOutput =
  (path: string): TaskEither<Failure, void> =>
  async () => {
    try {
      await makeFolder(path)
      return E.right(undefined)
    } catch (error) {
      return E.left(unwritable(path, error))
    }
  }

/** Left: something other than a folder stands at the path. Nothing is made yet. */
export const checkPlace =
  ({ path }: RunFolder): TaskEither<Failure, void> =>
  async () => {
    try {
      return (await stat(path)).isDirectory()
        ? E.right(undefined)
        : E.left(unwritable(path, Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })))
    } catch (error) {
      return systemCode(error) === 'ENOENT' ? E.right(undefined) : E.left(unwritable(path, error))
    }
  }

/** Replaces a file of the folder wholly or not at all. */
export const writeWhole = (path: string, content: Uint8Array | string): TaskEither<Failure, void> =>
  pipe(
    replaceFile(path)(typeof content === 'string' ? new TextEncoder().encode(content) : content),
    TE.mapLeft(checkpointFailure),
  )
