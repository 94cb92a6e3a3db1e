import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { CheckpointError } from './errors.js'

/** A place that keeps one checkpoint, the last. `checkpointFile` of `@elbo/train/node` is one; a page may keep it elsewhere. */
export interface CheckpointStore {
  /** What errors and events call the place. */
  readonly path: string
  /** Replaces what is kept, wholly or not at all. */
  readonly write: (bytes: Uint8Array) => TaskEither<CheckpointError, void>
  readonly read: TaskEither<CheckpointError, Uint8Array>
}
