import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Arrays, Backend, BackendError, Executed, PassName, Tensor, Tensors } from '@elbo/tensor'
import type { Checkpoint, Cursor } from '../checkpoint/checkpoint.js'
import type { CheckpointStore } from '../checkpoint/store.js'
import type { Metrics, TrainingError, TrainingEvent } from '../events.js'

/** Metrics, before they are computed. */
export type Scalars = Readonly<Record<string, Tensor<readonly [], 'f32'>>>

/** An evaluation that was compiled once: a state's metrics, as often as asked. */
export interface Evaluation<State> {
  readonly evaluate: (state: Arrays<State>) => TaskEither<BackendError, Metrics>
  readonly dispose: TaskEither<BackendError, void>
}

export interface TrainingPlan<State, Batch> {
  readonly backend: TaskEither<BackendError, Backend>
  /** Where to begin: a new state with the cursor at 0, or a checkpoint. */
  readonly start: (backend: Backend) => TaskEither<TrainingError, Checkpoint<State>>
  /** Pure; compiled once. Its outputs are the metrics. */
  readonly step: (state: State, batch: Tensors<Batch>) => readonly [State, Scalars]
  /** The specs of a batch: a tree. */
  readonly batch: Batch
  /**
   * The batches of epoch `cursor.epoch` from number `cursor.batch` on: the same ones whenever asked, and so many that `stepsPerEpoch` are
   * full. `state` is the one at the start of this run: its key may set the order.
   */
  readonly batches: (cursor: Cursor, state: Arrays<State>) => Iterable<Arrays<Batch>>
  readonly stepsPerEpoch: number
  /** Epochs in all, those before a resumption included. */
  readonly epochs: number
  /** For `examplesPerSecond`. */
  readonly examplesPerStep: number
  /** Opened once, used after each epoch. */
  readonly evaluation?: (backend: Backend) => TaskEither<BackendError, Evaluation<State>>
  /** Kept at the start, after each epoch, at the end and every `checkpointEvery` steps of an epoch. */
  readonly store?: CheckpointStore
  readonly checkpointEvery?: number
  /** When aborted, training ends after the step that runs, with a checkpoint. */
  readonly signal?: AbortSignal
  /** The optimiser passes to run; all of them by default. */
  readonly passes?: readonly PassName[]
}

/** A run: iterate over it to train. Iterating again begins anew. */
export interface TrainingRun<State> extends AsyncIterable<TrainingEvent> {
  /** The last state that was found good: at the start, after each epoch, at the end and every `checkpointEvery` steps. */
  readonly latest: () => Checkpoint<State> | undefined
  /** What really runs, once it is open. */
  readonly executed: () => Executed | undefined
}
