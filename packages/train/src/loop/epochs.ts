import * as E from 'fp-ts/lib/Either.js'
import type { NDArray, TreeSession } from '@elbo/tensor'
import {
  encodeCheckpoint,
  type Checkpoint,
  type Cursor,
  type Progress,
  type Watched,
} from '../checkpoint/checkpoint.js'
import type { CheckpointStore } from '../checkpoint/store.js'
import {
  backendFailed,
  checkpointFailed,
  type Metrics,
  type TrainingError,
  type TrainingEvent,
} from '../events.js'
import { firstNotFinite } from './finite.js'
import type { Evaluation, Scalars, TrainingPlan } from './plan.js'
import { advance, meansOf, noProgress } from './progress.js'
import { courtesy } from './turn.js'
import { checkWatch, judged } from './watch.js'

/** Everything that a run needs open. */
export interface Opened<State, Batch> {
  readonly start: Checkpoint<State>
  /** The best state before this run, where one is kept. */
  readonly best: Checkpoint<State> | undefined
  readonly session: TreeSession<State, Batch, Scalars>
  readonly evaluation: Evaluation<State> | undefined
}

interface Place {
  readonly epoch: number
  readonly step: number
}

/** As events count: from 1. */
const placeOf = ({ epoch, batch }: Cursor): Place => ({ epoch: epoch + 1, step: batch })

const spell = ({ epoch, step }: Place): string => `step ${step} of epoch ${epoch}`

const lossNotFinite = (place: Place, name: string, value: number): TrainingError => ({
  _tag: 'NotFinite',
  where: name,
  message: `${name} is ${value} at ${spell(place)}. Training stopped and the last good checkpoint stands; a smaller learning rate may help.`,
})

const stateNotFinite = (place: Place, path: string): TrainingError => ({
  _tag: 'NotFinite',
  where: path,
  message: `${path} holds a number that is not finite after ${spell(place)}. Training stopped and the last good checkpoint stands; a smaller learning rate may help.`,
})

/** What a step tells, the two names that the loop knows among it. */
type Told = Metrics & { readonly [name in 'learningRate' | 'rateReduced']?: number }

const numbersOf = (scalars: Readonly<Record<string, NDArray>>): Told =>
  Object.fromEntries(Object.entries(scalars).map(([name, { data }]) => [name, data[0]]))

const written = async <State>(
  store: CheckpointStore,
  checkpoint: Checkpoint<State>,
): Promise<E.Either<TrainingError, undefined>> =>
  E.bimap(checkpointFailed, () => undefined)(await store.write(encodeCheckpoint(checkpoint))())

/**
 * Reads the state, and keeps it if it is good: in memory for `latest`, and in the store. Yields the event to tell, if there is one: not
 * when nothing has happened since the last time.
 */
const keeper = <State, Batch>(
  { store }: TrainingPlan<State, Batch>,
  { session, start }: Opened<State, Batch>,
  keep: (checkpoint: Checkpoint<State>) => void,
) => {
  let last: Cursor | undefined
  return async (
    cursor: Cursor,
    progress: Progress,
    watched: Watched | undefined,
  ): Promise<E.Either<TrainingError, readonly TrainingEvent[]>> => {
    if (cursor === last) return E.right([])
    const read = await session.state()
    if (E.isLeft(read)) return E.left(backendFailed(read.left))
    const bad = firstNotFinite(read.right)
    if (bad !== undefined) return E.left(stateNotFinite(placeOf(cursor), bad))
    const checkpoint = {
      state: read.right,
      cursor,
      progress,
      ...(watched === undefined ? {} : { watched }),
      about: start.about,
    }
    keep(checkpoint)
    last = cursor
    if (store === undefined) return E.right([])
    const kept = await written(store, checkpoint)
    if (E.isLeft(kept)) return kept
    return E.right([{ _tag: 'Checkpoint', ...placeOf(cursor), path: store.path }])
  }
}

/**
 * The loop. Between the last step of an epoch and its evaluation the cursor stands at { epoch, batch: stepsPerEpoch }: a run that is resumed
 * from there evaluates first, so that no `Epoch` is lost.
 */
export async function* epochs<State, Batch>(
  plan: TrainingPlan<State, Batch>,
  opened: Opened<State, Batch>,
  keep: (checkpoint: Checkpoint<State>) => void,
  keepBest: (checkpoint: Checkpoint<State>) => void,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const { stepsPerEpoch, steps = Infinity, examplesPerStep, checkpointEvery, watch, signal } = plan
  const { session, evaluation, start } = opened
  let { cursor, progress, watched } = start
  let latest = start
  const save = keeper(plan, opened, checkpoint => {
    latest = checkpoint
    keep(checkpoint)
  })
  if (watch !== undefined) checkWatch(watch)
  const failed = (error: TrainingError): TrainingEvent => ({ _tag: 'Failed', ...placeOf(cursor), error })
  const stopped = (reason: 'finished' | 'requested' | 'patience'): TrainingEvent => ({
    _tag: 'Stopped',
    ...placeOf(cursor),
    reason,
  })
  const turn = courtesy()
  let warned: string | undefined
  const isEnough = () => cursor.epoch * stepsPerEpoch + cursor.batch >= steps

  const first = await save(cursor, progress, watched)
  if (E.isLeft(first)) return yield failed(first.left)
  yield* first.right

  while (cursor.epoch < plan.epochs) {
    let stepsHere = 0
    let secondsHere = 0
    let before = performance.now()
    for (const batch of plan.batches(cursor, start.state)) {
      if (signal?.aborted === true || isEnough() || cursor.batch >= stepsPerEpoch) break
      const result = await session.step(batch)()
      if (E.isLeft(result)) return yield failed(backendFailed(result.left))
      const spent = (performance.now() - before) / 1000
      cursor = { epoch: cursor.epoch, batch: cursor.batch + 1 }
      const place = placeOf(cursor)
      const { rateReduced, learningRate, ...metrics } = numbersOf(result.right)
      const bad = Object.entries({ ...metrics, learningRate: learningRate ?? 0 }).find(
        ([, value]) => !Number.isFinite(value),
      )
      if (bad !== undefined) return yield failed(lossNotFinite(place, ...bad))
      progress = advance(progress, metrics, spent)
      stepsHere += 1
      secondsHere += spent
      const examplesPerSecond = (stepsHere * examplesPerStep) / secondsHere
      const rate = learningRate === undefined ? {} : { learningRate }
      yield { _tag: 'Step', ...place, stepsPerEpoch, metrics, ...rate, examplesPerSecond }
      if (rateReduced === 1) yield { _tag: 'RateReduced', ...place }
      if (
        checkpointEvery !== undefined &&
        cursor.batch % checkpointEvery === 0 &&
        cursor.batch < stepsPerEpoch
      ) {
        const saved = await save(cursor, progress, watched)
        if (E.isLeft(saved)) return yield failed(saved.left)
        yield* saved.right
      }
      await turn()
      before = performance.now()
    }
    if (cursor.batch < stepsPerEpoch && signal?.aborted !== true && !isEnough()) {
      throw new RangeError(
        `train: epoch ${cursor.epoch + 1} gave ${cursor.batch} batches, not ${stepsPerEpoch}`,
      )
    }
    const saved = await save(cursor, progress, watched)
    if (E.isLeft(saved)) return yield failed(saved.left)
    yield* saved.right
    if (signal?.aborted === true) return yield stopped('requested')
    if (cursor.batch < stepsPerEpoch) break

    const tested = evaluation === undefined ? E.right({}) : await evaluation.evaluate(latest.state)()
    if (E.isLeft(tested)) return yield failed(backendFailed(tested.left))
    const epoch = cursor.epoch + 1
    const means = meansOf(progress, stepsPerEpoch)
    yield { _tag: 'Epoch', epoch, train: means, test: tested.right, seconds: progress.seconds }
    const message = plan.warning?.({ train: means, test: tested.right })
    if (message !== undefined && message !== warned) yield { _tag: 'Warning', epoch, message }
    warned = message
    if (watch !== undefined) {
      const { isBest, isExhausted, ...seen } = judged(
        watch,
        watched,
        epoch,
        evaluation === undefined ? means : tested.right,
      )
      watched = seen.watched
      if (isBest) {
        const best = { ...latest, watched }
        const kept = watch.store === undefined ? E.right(undefined) : await written(watch.store, best)
        if (E.isLeft(kept)) return yield failed(kept.left)
        keepBest(best)
        const path = watch.store === undefined ? {} : { path: watch.store.path }
        yield { _tag: 'Best', epoch, metric: watch.metric, value: watched.best, ...path }
      }
      if (isExhausted) return yield stopped('patience')
    }
    if (cursor.epoch + 1 >= plan.epochs || isEnough()) break
    cursor = { epoch: cursor.epoch + 1, batch: 0 }
    progress = noProgress
  }
  yield stopped('finished')
}
