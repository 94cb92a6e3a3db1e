import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { open, type Arrays, type Backend, type Executed, type Step } from '@elbo/tensor'
import { decodeCheckpoint, fitCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.js'
import { backendFailed, checkpointFailed, type TrainingError } from '../events.js'
import type { Scalars, TrainingPlan, TrainingRun } from './plan.js'
import { epochs, type Opened } from './epochs.js'

const openStep =
  <State, Batch>({ step, batch, passes }: TrainingPlan<State, Batch>, state: Arrays<State>) =>
  (backend: Backend): TaskEither<TrainingError, Opened<State, Batch>['session']> =>
    pipe(
      backend,
      // The step speaks of tensors, `open` of the host arrays that are their first values: one form, two kinds of leaves.
      open(step as unknown as Step<Arrays<State>, Batch, Scalars>, {
        state,
        inputs: batch,
        ...(passes === undefined ? {} : { passes }),
      }),
      TE.bimap(backendFailed, session => session as unknown as Opened<State, Batch>['session']),
    )

/** The best checkpoint of the run that goes on; none where it was lost, or where another metric was watched. */
const bestBefore = <State, Batch>(
  { watch }: TrainingPlan<State, Batch>,
  { state, watched }: Checkpoint<State>,
): TaskEither<TrainingError, Checkpoint<State> | undefined> =>
  watch?.store === undefined || watched?.metric !== watch.metric || watched.epoch === 0
    ? TE.right(undefined)
    : pipe(
        watch.store.read,
        TE.chainEitherK(decodeCheckpoint(watch.store.path)),
        TE.chainEitherKW(fitCheckpoint(state)),
        TE.map((best): Checkpoint<State> | undefined => best as unknown as Checkpoint<State>),
        TE.orElse(error => (error._tag === 'MissingCheckpoint' ? TE.right(undefined) : TE.left(error))),
        TE.mapLeft(checkpointFailed),
      )

const openAll = <State, Batch>(
  plan: TrainingPlan<State, Batch>,
): TaskEither<TrainingError, Opened<State, Batch>> =>
  pipe(
    plan.backend,
    TE.mapLeft(backendFailed),
    TE.chain(backend =>
      pipe(
        TE.Do,
        TE.apS('start', plan.start(backend)),
        TE.bind('best', ({ start }) => bestBefore(plan, start)),
        TE.bind('session', ({ start }) => openStep(plan, start.state)(backend)),
        TE.bind('evaluation', ({ session }) =>
          pipe(
            plan.evaluation === undefined ? TE.right(undefined) : plan.evaluation(backend),
            TE.mapLeft(backendFailed),
            TE.orElseFirstTaskK(() => session.dispose),
          ),
        ),
      ),
    ),
  )

/**
 * Trains: an asynchronous sequence of events, at the consumer's pace. One step is compiled once and fed with batches; the state stays on
 * the device. Ends with `Stopped` or `Failed`, and never writes a state that holds a NaN or an infinity.
 */
export const train = <State, Batch>(plan: TrainingPlan<State, Batch>): TrainingRun<State> => {
  let latest: Checkpoint<State> | undefined
  let best: Checkpoint<State> | undefined
  let executed: Executed | undefined
  return {
    latest: () => latest,
    best: () => best,
    executed: () => executed,
    async *[Symbol.asyncIterator]() {
      const opened = await openAll(plan)()
      if (E.isLeft(opened)) {
        yield { _tag: 'Failed', epoch: 1, step: 0, error: opened.left }
        return
      }
      const { session, evaluation } = opened.right
      executed = session.executed
      best = opened.right.best
      try {
        yield* epochs(
          plan,
          opened.right,
          checkpoint => (latest = checkpoint),
          checkpoint => (best = checkpoint),
        )
      } finally {
        await session.dispose()
        await evaluation?.dispose()
      }
    },
  }
}
