import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type * as t from 'io-ts'
import type { Backend } from '@elbo/tensor'
import { reasonOf } from '../decode.js'
import { backendFailed, checkpointFailed, type TrainingError } from '../events.js'
import { evaluateOn } from '../loop/evaluateOn.js'
import { noProgress } from '../loop/progress.js'
import { decodeCheckpoint, fitCheckpoint, type Checkpoint } from './checkpoint.js'
import { badMetadata, otherRun, type CheckpointError } from './errors.js'
import type { CheckpointStore } from './store.js'

/** A checkpoint whose settings are known, and with them the form of its state. */
export interface RunCheckpoint<State, About> extends Checkpoint<State> {
  readonly about: About
  /** Where it was read. */
  readonly file: string
}

/** Reads the checkpoint of a run whose settings a codec decodes; `stateOf` says what form the state has under them, by expressions or specs. */
export const readRun =
  <State, About>(settings: t.Decoder<unknown, About>, stateOf: (about: About) => State) =>
  (store: CheckpointStore): TaskEither<CheckpointError, RunCheckpoint<State, About>> =>
    pipe(
      store.read,
      TE.chainEitherK(decodeCheckpoint(store.path)),
      TE.chainEitherKW(stored =>
        pipe(
          settings.decode(stored.about),
          E.mapLeft((errors): CheckpointError => badMetadata(stored.file, 'about', reasonOf(errors))),
          E.chainW(about =>
            pipe(
              stored,
              fitCheckpoint(stateOf(about)),
              E.map(checkpoint => ({ ...checkpoint, about, file: stored.file })),
            ),
          ),
        ),
      ),
    )

/** The settings of a run that decide its numbers, each by the name that an error gives it, spelt for a reader. */
export type Settings = Readonly<Record<string, string>>

/** A checkpoint goes on only as the run that it belongs to: the first setting that differs, as an error. */
const resumable = <State, About>(
  checkpoint: RunCheckpoint<State, About>,
  about: About,
  settingsOf: (about: About) => Settings,
): E.Either<CheckpointError, Checkpoint<State>> => {
  const there = settingsOf(checkpoint.about)
  const different = Object.entries(settingsOf(about)).find(([name, value]) => there[name] !== value)
  if (different === undefined) return E.right(checkpoint)
  const [name, value] = different
  return E.left(otherRun(checkpoint.file, name, value, there[name]))
}

/** Where a run begins, as `train` asks for it: at its initial state, or at the checkpoint that it resumes, if that is of the same settings. */
export const beginningOf =
  <State, About>(run: {
    /** As expressions. */
    readonly initial: State
    readonly about: About
    readonly settingsOf: (about: About) => Settings
    readonly resume: RunCheckpoint<State, About> | undefined
  }) =>
  (device: Backend): TaskEither<TrainingError, Checkpoint<State>> =>
    run.resume === undefined
      ? pipe(
          evaluateOn(device)(run.initial),
          TE.bimap(backendFailed, state => ({
            state,
            cursor: { epoch: 0, batch: 0 },
            progress: noProgress,
            about: run.about,
          })),
        )
      : pipe(TE.fromEither(resumable(run.resume, run.about, run.settingsOf)), TE.mapLeft(checkpointFailed))
