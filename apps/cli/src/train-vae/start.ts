import { checkpointFile } from '@elbo/train/node'
import { readVae, type VaeCheckpoint } from '@elbo/vae'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, type Failure } from '../failure.js'
import type { TrainVaeOptions } from './options.js'
import { checkpointFailure, type OutputFolder } from './output-folder.js'

type Choice = Pick<TrainVaeOptions, 'resume' | 'overwrite' | 'epochs'>

/** The checkpoint that the folder holds; `undefined` where it holds none. */
const storedVae = ({ checkpoint }: OutputFolder): TaskEither<Failure, VaeCheckpoint | undefined> =>
  pipe(
    readVae(checkpointFile(checkpoint)),
    TE.map((stored): VaeCheckpoint | undefined => stored),
    TE.orElse(error =>
      error._tag === 'MissingCheckpoint' ? TE.right(undefined) : TE.left(checkpointFailure(error)),
    ),
  )

/** `epoch 3, step 40`: how far a checkpoint has come. */
export const placeOf = ({ cursor }: VaeCheckpoint): string =>
  `epoch ${cursor.epoch + 1}, step ${cursor.batch}`

const decided =
  ({ path }: OutputFolder, { resume, epochs }: Choice) =>
  (stored: VaeCheckpoint | undefined): Either<Failure, VaeCheckpoint | undefined> => {
    if (stored === undefined) return E.right(undefined)
    if (!resume)
      return E.left(
        failure('cannotCreate')(
          `${path} already holds a run (seed ${stored.about.seed}, at ${placeOf(stored)}). Continue it with --resume, replace it with --overwrite, or choose another --out.`,
        ),
      )
    const begun = stored.cursor.epoch + (stored.cursor.batch > 0 ? 1 : 0)
    return begun > epochs
      ? E.left(
          failure('usage')(
            `The run in ${path} is at ${placeOf(stored)} already, beyond --epochs ${epochs}. Ask for at least ${begun} epochs.`,
          ),
        )
      : E.right(stored)
  }

/** Where to begin: at the checkpoint to be resumed, or (`undefined`) anew. Left: a run stands there that nobody spoke of. */
export const whereToBegin = (
  folder: OutputFolder,
  choice: Choice,
): TaskEither<Failure, VaeCheckpoint | undefined> =>
  choice.overwrite
    ? TE.right(undefined)
    : pipe(
        storedVae(folder),
        TE.mapLeft((cause): Failure => ({
          ...cause,
          message: `${cause.message} (--overwrite begins anew in its place.)`,
        })),
        TE.chainEitherK(decided(folder, choice)),
      )
