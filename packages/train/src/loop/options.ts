import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backend, BackendError, PassName } from '@elbo/tensor'
import type { CheckpointStore } from '../checkpoint/store.js'
import type { LearningRate } from '../schedule/course.js'

/** What every model's training takes; `Resumed` is the checkpoint that it goes on from. */
export interface TrainingOptions<Resumed> {
  /** One seed gives one set of weights. A safe integer from 0. */
  readonly seed: number
  readonly backend: TaskEither<BackendError, Backend>
  /** Steps in which the learning rate rises along a straight line; none unless told. */
  readonly warmUp?: number
  /** How the rate falls to 0: a run with `linear` or `cosine` has its length from the beginning. `none` unless told. */
  readonly decay?: LearningRate['decay']
  /** Keeps a checkpoint at the start, after each epoch, at the end, and every `checkpointEvery` steps of an epoch. */
  readonly out?: CheckpointStore
  readonly checkpointEvery?: number
  /**
   * Goes on where this checkpoint stands, bit for bit. All settings that decide its numbers must be those of its run; its length, unless the
   * rate falls over it, and stores may be others.
   */
  readonly resume?: Resumed
  /** When aborted, training ends after the step that runs, with a checkpoint. */
  readonly signal?: AbortSignal
  /** The optimiser passes to run; all of them by default. The weights do not depend on it. */
  readonly passes?: readonly PassName[]
}
