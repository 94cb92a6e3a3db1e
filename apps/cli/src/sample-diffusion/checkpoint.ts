import { stat } from 'node:fs/promises'
import { readDiffusion, type DiffusionCheckpoint } from '@elbo/diffusion'
import { checkpointFile } from '@elbo/train/node'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../failure.js'
import { diffusionFolder } from '../train-diffusion/output-folder.js'
import { checkpointFailure } from '../training/failures.js'

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    // What stands in the way of reading it is said when it is read.
    return false
  }
}

/** Reads a trained model from a checkpoint, or from the folder of a run. */
export const readTrained = (path: string): TaskEither<Failure, DiffusionCheckpoint> =>
  pipe(
    TE.fromTask(() => isFolder(path)),
    TE.chain(folder => readDiffusion(checkpointFile(folder ? diffusionFolder(path).checkpoint : path))),
    TE.mapLeft(checkpointFailure),
  )
