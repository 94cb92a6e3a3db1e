import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, replaceFile } from '@elbo/train/node'
import type { CheckpointError } from '@elbo/train'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, reasonOf, systemCode, type Failure } from '../failure.js'

/** The files of a run, by what is in them. */
export interface OutputFolder {
  readonly path: string
  readonly checkpoint: string
  readonly best: string
  readonly metrics: string
  readonly lossCurve: string
  readonly reconstructions: string
  readonly samples: string
}

export const outputFolder = (path: string): OutputFolder => ({
  path,
  checkpoint: join(path, 'vae.safetensors'),
  best: join(path, 'best.safetensors'),
  metrics: join(path, 'metrics.jsonl'),
  lossCurve: join(path, 'loss.svg'),
  reconstructions: join(path, 'reconstructions.png'),
  samples: join(path, 'samples.png'),
})

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

/** Makes the folder where it is missing, and finds out whether a file can be made in it. A run that begins has no best state yet. */
export const prepareFolder =
  ({ path, metrics, best }: OutputFolder, begins: boolean): TaskEither<Failure, void> =>
  async () => {
    try {
      await makeFolder(path)
      await writeFile(metrics, '', { flag: 'a' })
      if (begins) await rm(best, { force: true })
      return E.right(undefined)
    } catch (error) {
      return E.left(unwritable(path, error))
    }
  }

/** Left: something other than a folder stands at the path. Nothing is made yet. */
export const checkPlace =
  ({ path }: OutputFolder): TaskEither<Failure, void> =>
  async () => {
    try {
      return (await stat(path)).isDirectory()
        ? E.right(undefined)
        : E.left(unwritable(path, Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })))
    } catch (error) {
      return systemCode(error) === 'ENOENT' ? E.right(undefined) : E.left(unwritable(path, error))
    }
  }

/** Why a checkpoint cannot be read or used, and what it means for the command. */
export const checkpointFailure = (error: CheckpointError): Failure => {
  switch (error._tag) {
    case 'WriteFailed':
    case 'ReadFailed':
      return failure('io')(error.message)
    case 'MissingCheckpoint':
      return failure('noInput')(error.message)
    case 'OtherRun':
      return failure('usage')(error.message)
    default:
      return failure('data')(error.message)
  }
}

/** Replaces a file of the folder wholly or not at all. */
export const writeWhole = (path: string, content: Uint8Array | string): TaskEither<Failure, void> =>
  pipe(
    replaceFile(path)(typeof content === 'string' ? new TextEncoder().encode(content) : content),
    TE.mapLeft(checkpointFailure),
  )
