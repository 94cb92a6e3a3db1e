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

/** A metric that tells how good a state is, looked at after each epoch. The best state is kept, and training may stop by it. */
export interface Watch {
  /** One of the evaluation's, or of the means over the epoch where there is no evaluation. */
  readonly metric: string
  /** Whether the least value is the best, or the most (`least`). */
  readonly goal?: 'least' | 'most'
  /** By how much a value must be better than the best one to count as an improvement (0). */
  readonly minDelta?: number
  /** Training stops after so many epochs in a row without an improvement; without it, never by itself. */
  readonly patience?: number
  /** Keeps the best checkpoint. Another place than that of the last one. */
  readonly store?: CheckpointStore
}

export interface TrainingPlan<State, Batch> {
  readonly backend: TaskEither<BackendError, Backend>
  /** Where to begin: a new state with the cursor at 0, or a checkpoint. */
  readonly start: (backend: Backend) => TaskEither<TrainingError, Checkpoint<State>>
  /**
   * Pure; compiled once. Its outputs are the metrics, of which two become events: `learningRate` (of this step) and `rateReduced` (1 when a
   * plateau reduced it, else 0).
   */
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
  /** Steps in all, those before a resumption included, after which training ends within an epoch too; unless told, `epochs` alone decides. */
  readonly steps?: number
  /** For `examplesPerSecond`. */
  readonly examplesPerStep: number
  /** Opened once, used after each epoch. */
  readonly evaluation?: (backend: Backend) => TaskEither<BackendError, Evaluation<State>>
  /** Looks at each epoch's means and evaluation: what a `Warning` says of it, if anything. */
  readonly warning?: (epoch: { readonly train: Metrics; readonly test: Metrics }) => string | undefined
  /** Kept at the start, after each epoch, at the end and every `checkpointEvery` steps of an epoch. */
  readonly store?: CheckpointStore
  readonly checkpointEvery?: number
  readonly watch?: Watch
  /** When aborted, training ends after the step that runs, with a checkpoint. */
  readonly signal?: AbortSignal
  /** The optimiser passes to run; all of them by default. */
  readonly passes?: readonly PassName[]
}

/** A run: iterate over it to train. Iterating again begins anew. */
export interface TrainingRun<State> extends AsyncIterable<TrainingEvent> {
  /** The last state that was found good: at the start, after each epoch, at the end and every `checkpointEvery` steps. */
  readonly latest: () => Checkpoint<State> | undefined
  /** The best state of those that the watch compared: what a run is for when it stopped by patience. After a resumption it comes from the store. */
  readonly best: () => Checkpoint<State> | undefined
  /** What really runs, once it is open. */
  readonly executed: () => Executed | undefined
}
