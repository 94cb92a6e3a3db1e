import type { DatasetError } from '@elbo/datasets'
import type { BackendError } from '@elbo/tensor'
import type { CheckpointError, TrainingError } from '@elbo/train'
import { failure, type Failure } from '../failure.js'

/** Why data cannot be had, and what it means for the command. */
export const datasetFailure = (error: DatasetError): Failure => {
  switch (error._tag) {
    case 'MissingFolder':
    case 'MissingFile':
      return failure('noInput')(error.message)
    case 'AccessDenied':
    case 'ReadFailed':
      return failure('io')(error.message)
    default:
      return failure('data')(error.message)
  }
}

/** Why a checkpoint cannot be read or used, and what it means for the command. */
export const checkpointFailure = (error: CheckpointError): Failure => {
  switch (error._tag) {
    case 'WriteFailed':
    case 'ReadFailed':
      return failure('io')(error.message)
    case 'MissingCheckpoint':
      return failure('noInput')(error.message)
    case 'OtherRun':
      return failure('usage')(error.message)
    default:
      return failure('data')(error.message)
  }
}

export const backendFailure = ({ _tag, backend, message }: BackendError): Failure =>
  _tag === 'Unavailable'
    ? failure('unavailable')(
        `The ${backend} backend cannot run here: ${message}.${backend === 'reference' ? '' : ' --backend reference runs everywhere, slowly.'}`,
      )
    : failure(_tag === 'OutOfMemory' ? 'unavailable' : 'software')(
        `The ${backend} backend failed: ${message}.`,
      )

/** Why a run failed whose checkpoint is a given file. */
export const trainingFailure = (error: TrainingError, checkpoint: string): Failure => {
  switch (error._tag) {
    case 'NotFinite':
      return failure('diverged')(`Training diverged: ${error.message}\nThe checkpoint: ${checkpoint}`)
    case 'BackendFailed':
      return backendFailure(error.cause)
    case 'CheckpointFailed':
      return checkpointFailure(error.cause)
  }
}
