import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  add,
  draw,
  matmul,
  mean,
  mul,
  ndarray,
  normal,
  reference,
  square,
  sub,
  threefry2x32,
  type Key,
  type Tensor,
} from '@elbo/tensor'
import { decodeCheckpoint, fitCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.js'
import { missingCheckpoint } from '../checkpoint/errors.js'
import type { CheckpointStore } from '../checkpoint/store.js'
import { backendFailed, type TrainingEvent } from '../events.js'
import { adam } from '../optimiser/adam.js'
import { evaluateOn } from './evaluateOn.js'
import type { TrainingPlan } from './plan.js'
import { noProgress } from './progress.js'
import { initialState, shuffleKey, trainingStep, type TrainingState } from './state.js'

interface Line {
  readonly weight: Tensor<readonly [2, 1], 'f32'>
  readonly bias: Tensor<readonly [1], 'f32'>
}
type State = TrainingState<Line>
export type Plan = TrainingPlan<State, typeof batch>

/** The specs of a batch. */
export const batch = { x: { shape: [4, 2], dtype: 'f32' }, y: { shape: [4, 1], dtype: 'f32' } } as const
export const stepsPerEpoch = 5

/** Least squares, with noise on the targets from the step's key. */
export const loss = (
  p: Line,
  { x, y }: { x: Tensor<readonly [4, 2], 'f32'>; y: Tensor<readonly [4, 1], 'f32'> },
  key: Key,
) => {
  const noisy = add(mul(0.01)(normal([4, 1])(key)))(y)
  const value = pipe(x, matmul(p.weight), add(p.bias), sub(noisy), square, mean())
  return [value, {}] as const
}

export const init = draw((key: Key): Line => ({
  weight: normal([2, 1])(key),
  bias: mul(0)(normal([1])(key)),
}))

/** Deterministic data: y = 2x₀ − x₁ + 3. */
export const batchOf = (key: readonly [number, number], epoch: number, number: number) => {
  const at = (i: number) => threefry2x32(key, [epoch * stepsPerEpoch + number, i])
  const x = Array.from({ length: 4 }, (_, i) => at(i).map(word => word / 2 ** 31 - 1))
  return {
    x: ndarray(x.flat(), [4, 2]),
    y: ndarray(
      x.map(([a, b]) => 2 * a - b + 3),
      [4, 1],
    ),
  }
}

/** A small run: a line through noisy points. */
export const plan = (options: Partial<Plan> = {}, optimiser = adam({ learningRate: 0.05 })): Plan => ({
  backend: reference(),
  start: backend =>
    pipe(
      evaluateOn(backend)(initialState(optimiser)(1)(init)),
      TE.bimap(backendFailed, state => ({
        state,
        cursor: { epoch: 0, batch: 0 },
        progress: noProgress,
        about: { run: 1 },
      })),
    ),
  step: trainingStep(loss, optimiser),
  batch,
  *batches({ epoch, batch: from }, { key }) {
    for (let number = from; number < stepsPerEpoch; number++) yield batchOf(shuffleKey(key), epoch, number)
  },
  stepsPerEpoch,
  epochs: 3,
  examplesPerStep: 4,
  ...options,
})

/** A store in memory, with all that was ever written. */
export const memory = () => {
  const written: Uint8Array[] = []
  const store: CheckpointStore = {
    path: 'memory',
    write: bytes => {
      written.push(bytes)
      return TE.right(undefined)
    },
    read: () =>
      Promise.resolve(
        written.length === 0 ? E.left(missingCheckpoint('memory')) : E.right(written[written.length - 1]),
      ),
  }
  return { store, written }
}

/** What a run with `adam` wrote, as it goes on. */
export const restored = (bytes: Uint8Array): Checkpoint<State> => {
  const checkpoint = pipe(
    bytes,
    decodeCheckpoint('memory'),
    E.chainW(fitCheckpoint(initialState(adam())(0)(init))),
  )
  if (E.isLeft(checkpoint)) throw new Error(checkpoint.left.message)
  return checkpoint.right
}

export const eventsOf = async (
  run: AsyncIterable<TrainingEvent>,
  until: (event: TrainingEvent) => void = () => undefined,
) => {
  const events: TrainingEvent[] = []
  for await (const event of run) {
    events.push(event)
    until(event)
  }
  return events
}

/** Events in short: `.` a step, `c1:5` a checkpoint, `E1` an epoch. */
export const told = (events: readonly TrainingEvent[]): string =>
  events
    .map(event => {
      switch (event._tag) {
        case 'Step':
          return '.'
        case 'Epoch':
          return `E${event.epoch}`
        case 'Checkpoint':
          return `c${event.epoch}:${event.step}`
        case 'Best':
          return `best${event.epoch}`
        case 'Warning':
          return `warning${event.epoch}`
        case 'RateReduced':
          return 'r'
        case 'Stopped':
          return `${event.reason} ${event.epoch}:${event.step}`
        case 'Failed':
          return `${event.error._tag} ${event.epoch}:${event.step}`
      }
    })
    .join(' ')

export const withoutTimes = (events: readonly TrainingEvent[]): readonly unknown[] =>
  events.flatMap(event =>
    event._tag === 'Step' || event._tag === 'Epoch' ? [{ ...event, examplesPerSecond: 0, seconds: 0 }] : [],
  )
