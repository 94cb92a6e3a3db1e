import * as E from 'fp-ts/lib/Either.js'
import type { NDArray, TreeSession } from '@elbo/tensor'
import { encodeCheckpoint, type Checkpoint, type Cursor, type Progress } from '../checkpoint/checkpoint.js'
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

/** Everything that a run needs open. */
export interface Opened<State, Batch> {
  readonly start: Checkpoint<State>
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

const numbersOf = (scalars: Readonly<Record<string, NDArray>>): Metrics =>
  Object.fromEntries(Object.entries(scalars).map(([name, { data }]) => [name, data[0]]))

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
  ): Promise<E.Either<TrainingError, readonly TrainingEvent[]>> => {
    if (cursor === last) return E.right([])
    const read = await session.state()
    if (E.isLeft(read)) return E.left(backendFailed(read.left))
    const bad = firstNotFinite(read.right)
    if (bad !== undefined) return E.left(stateNotFinite(placeOf(cursor), bad))
    const checkpoint = { state: read.right, cursor, progress, about: start.about }
    keep(checkpoint)
    last = cursor
    if (store === undefined) return E.right([])
    const written = await store.write(encodeCheckpoint(checkpoint))()
    if (E.isLeft(written)) return E.left(checkpointFailed(written.left))
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
): AsyncGenerator<TrainingEvent, void, undefined> {
  const { stepsPerEpoch, examplesPerStep, checkpointEvery, signal } = plan
  const { session, evaluation, start } = opened
  let { cursor, progress } = start
  let state = start.state
  const save = keeper(plan, opened, checkpoint => {
    state = checkpoint.state
    keep(checkpoint)
  })
  const failed = (error: TrainingError): TrainingEvent => ({ _tag: 'Failed', ...placeOf(cursor), error })
  const stopped = (reason: 'finished' | 'requested'): TrainingEvent => ({
    _tag: 'Stopped',
    ...placeOf(cursor),
    reason,
  })
  const turn = courtesy()

  const first = await save(cursor, progress)
  if (E.isLeft(first)) return yield failed(first.left)
  yield* first.right

  while (cursor.epoch < plan.epochs) {
    let stepsHere = 0
    let secondsHere = 0
    let before = performance.now()
    for (const batch of plan.batches(cursor, start.state)) {
      if (signal?.aborted === true || cursor.batch >= stepsPerEpoch) break
      const result = await session.step(batch)()
      if (E.isLeft(result)) return yield failed(backendFailed(result.left))
      const spent = (performance.now() - before) / 1000
      cursor = { epoch: cursor.epoch, batch: cursor.batch + 1 }
      const place = placeOf(cursor)
      const metrics = numbersOf(result.right)
      const bad = Object.entries(metrics).find(([, value]) => !Number.isFinite(value))
      if (bad !== undefined) return yield failed(lossNotFinite(place, ...bad))
      progress = advance(progress, metrics, spent)
      stepsHere += 1
      secondsHere += spent
      const examplesPerSecond = (stepsHere * examplesPerStep) / secondsHere
      yield { _tag: 'Step', ...place, stepsPerEpoch, metrics, examplesPerSecond }
      if (
        checkpointEvery !== undefined &&
        cursor.batch % checkpointEvery === 0 &&
        cursor.batch < stepsPerEpoch
      ) {
        const saved = await save(cursor, progress)
        if (E.isLeft(saved)) return yield failed(saved.left)
        yield* saved.right
      }
      await turn()
      before = performance.now()
    }
    if (cursor.batch < stepsPerEpoch && signal?.aborted !== true) {
      throw new RangeError(
        `train: epoch ${cursor.epoch + 1} gave ${cursor.batch} batches, not ${stepsPerEpoch}`,
      )
    }
    const saved = await save(cursor, progress)
    if (E.isLeft(saved)) return yield failed(saved.left)
    yield* saved.right
    if (signal?.aborted === true) return yield stopped('requested')

    const tested = evaluation === undefined ? E.right({}) : await evaluation.evaluate(state)()
    if (E.isLeft(tested)) return yield failed(backendFailed(tested.left))
    yield {
      _tag: 'Epoch',
      epoch: cursor.epoch + 1,
      train: meansOf(progress, stepsPerEpoch),
      test: tested.right,
      seconds: progress.seconds,
    }
    if (cursor.epoch + 1 >= plan.epochs) break
    cursor = { epoch: cursor.epoch + 1, batch: 0 }
    progress = noProgress
  }
  yield stopped('finished')
}
