import type { CheckpointError, CheckpointStore, RunCheckpoint } from '@elbo/train'
import { checkpointFile } from '@elbo/train/node'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, type Failure } from '../failure.js'
import { checkpointFailure } from './failures.js'
import type { RunFolder } from './output-folder.js'

/** What is asked of a folder that may hold a run already. */
export interface Choice<Stored> {
  readonly resume: boolean
  readonly overwrite: boolean
  /** How a checkpoint of this model is read. */
  readonly read: (store: CheckpointStore) => TaskEither<CheckpointError, Stored>
  /** Why a run that came so far cannot be continued as asked; `undefined` where it can. */
  readonly beyond: (stored: Stored) => string | undefined
}

type Stored = RunCheckpoint<unknown, { readonly seed: number }>

/** `epoch 3, step 40`: how far a checkpoint has come. */
export const placeOf = ({ cursor }: Pick<Stored, 'cursor'>): string =>
  `epoch ${cursor.epoch + 1}, step ${cursor.batch}`

const decided =
  <S extends Stored>({ path }: RunFolder, { resume, beyond }: Choice<S>) =>
  (stored: S | undefined): Either<Failure, S | undefined> => {
    if (stored === undefined) return E.right(undefined)
    if (!resume)
      return E.left(
        failure('cannotCreate')(
          `${path} already holds a run (seed ${stored.about.seed}, at ${placeOf(stored)}). Continue it with --resume, replace it with --overwrite, or choose another --out.`,
        ),
      )
    const why = beyond(stored)
    return why === undefined
      ? E.right(stored)
      : E.left(failure('usage')(`The run in ${path} is at ${placeOf(stored)} already, ${why}`))
  }

/** Where to begin: at the checkpoint to be resumed, or (`undefined`) anew. Left: a run stands there that nobody spoke of. */
export const whereToBegin = <S extends Stored>(
  folder: RunFolder,
  choice: Choice<S>,
): TaskEither<Failure, S | undefined> =>
  choice.overwrite
    ? TE.right(undefined)
    : pipe(
        choice.read(checkpointFile(folder.checkpoint)),
        TE.map((stored): S | undefined => stored),
        TE.orElse(error =>
          error._tag === 'MissingCheckpoint' ? TE.right(undefined) : TE.left(checkpointFailure(error)),
        ),
        TE.mapLeft((cause): Failure => ({
          ...cause,
          message: `${cause.message} (--overwrite begins anew in its place.)`,
        })),
        TE.chainEitherK(decided(folder, choice)),
      )
