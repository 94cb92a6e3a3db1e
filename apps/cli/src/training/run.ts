import type { Arrays, Backend, BackendError, Executed } from '@elbo/tensor'
import type { Checkpoint, Evaluation, Metrics, TrainingEvent, TrainingRun } from '@elbo/train'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../failure.js'
import { backendFailure, trainingFailure } from './failures.js'
import { writingFailed, type MetricsLog } from './metrics-log.js'
import type { RunFolder } from './output-folder.js'
import type { Progress } from './progress.js'

/** How a run came to its end, as far as it did without fault. */
export interface Ended<State> {
  readonly checkpoint: Checkpoint<State>
  /** The best by the metric that was watched, where one was. */
  readonly best: Checkpoint<State> | undefined
  readonly executed: Executed
}

export interface Attended<State> {
  readonly run: TrainingRun<State>
  /** Threads that were asked for. */
  readonly threads: number | undefined
  readonly folder: RunFolder
  readonly log: MetricsLog
  readonly progress: Progress
  /** What is said of a state after each epoch. */
  readonly afterEpoch?: (checkpoint: Checkpoint<State>) => TaskEither<Failure, string>
}

const sayWhatRuns = (
  { backend, threads, fallbackReason }: Executed,
  asked: number | undefined,
  { say }: Progress,
) => {
  say(`backend ${backend}, ${threads} thread${threads === 1 ? '' : 's'}`)
  if (fallbackReason !== undefined) say(`not as asked: ${fallbackReason}`)
  else if (asked !== undefined && asked !== threads) say(`not as asked: ${asked} threads were wanted`)
}

/** Writes an event where it belongs: to the log first, then to the screen. */
const record = (event: TrainingEvent, log: MetricsLog, progress: Progress): void => {
  if (event._tag === 'Step') {
    const { epoch, step, metrics, learningRate } = event
    log.add({
      ...{ type: 'step', epoch, step, train: metrics },
      ...(learningRate === undefined ? {} : { learningRate }),
    })
    progress.step(event)
  } else if (event._tag === 'Epoch') {
    const { epoch, train, test, seconds } = event
    log.add({ type: 'epoch', epoch, train, test, seconds })
    progress.epoch(event)
  } else if (event._tag === 'Warning') {
    progress.say(event.message)
  } else if (event._tag === 'Stopped' && event.reason === 'patience') {
    progress.exhausted()
  }
}

/** Trains until the run ends by itself, or a signal comes. */
export const trainToTheEnd =
  <State>({
    run,
    threads,
    folder,
    log,
    progress,
    afterEpoch,
  }: Attended<State>): TaskEither<Failure, Ended<State>> =>
  async () => {
    let told = false
    let ended: Either<Failure, undefined> = E.right(undefined)
    try {
      for await (const event of run) {
        const executed = run.executed()
        if (!told && executed !== undefined) {
          told = true
          sayWhatRuns(executed, threads, progress)
        }
        if (event._tag === 'Failed') ended = E.left(trainingFailure(event.error, folder.checkpoint))
        else record(event, log, progress)
        const latest = run.latest()
        if (event._tag === 'Epoch' && afterEpoch !== undefined && latest !== undefined) {
          const said = await afterEpoch(latest)()
          if (E.isLeft(said)) return said
          progress.say(said.right)
        }
      }
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error
      ended = E.left(writingFailed(folder.metrics, error))
    } finally {
      progress.end()
      log.close()
    }
    const [checkpoint, executed] = [run.latest(), run.executed()]
    if (E.isLeft(ended)) return ended
    if (checkpoint === undefined || executed === undefined) throw new Error('the run ended without a word')
    return E.right({ checkpoint, best: run.best(), executed })
  }

/** The metrics of one state, by an evaluation that is opened for it alone. */
export const evaluateWith =
  <State>(
    evaluation: (backend: Backend) => TaskEither<BackendError, Evaluation<State>>,
    backend: TaskEither<BackendError, Backend>,
  ) =>
  (state: Arrays<State>): TaskEither<Failure, Metrics> =>
    pipe(
      backend,
      TE.chain(evaluation),
      TE.chain(opened =>
        TE.bracket(
          TE.right(opened),
          ({ evaluate }) => evaluate(state),
          ({ dispose }) => dispose,
        ),
      ),
      TE.mapLeft(backendFailure),
    )
