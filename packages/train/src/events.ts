import type { BackendError } from '@elbo/tensor'
import type { CheckpointError } from './checkpoint/errors.js'

/** Means of scalar outputs, by name. */
export type Metrics = Readonly<Record<string, number>>

/** Why training ended before its time. The last good checkpoint stays as it was. */
export type TrainingError =
  /** A metric, or a number that was about to be written to a checkpoint (`where` is its path), is NaN or infinite. */
  | { readonly _tag: 'NotFinite'; readonly message: string; readonly where: string }
  | { readonly _tag: 'BackendFailed'; readonly message: string; readonly cause: BackendError }
  | { readonly _tag: 'CheckpointFailed'; readonly message: string; readonly cause: CheckpointError }

/**
 * What a run tells of itself, in order, with exactly one of `Stopped` and `Failed` at the end. Plain data: for a progress bar, a file or a
 * page alike. Epochs and steps are counted from 1; `step` is the number within its epoch (0: before the first).
 */
export type TrainingEvent =
  | {
      readonly _tag: 'Step'
      readonly epoch: number
      readonly step: number
      readonly stepsPerEpoch: number
      /** Of this batch. */
      readonly metrics: Metrics
      /** What the update was multiplied by, where the optimiser tells it. */
      readonly learningRate?: number
      /** Over this epoch so far, as far as this process ran it. */
      readonly examplesPerSecond: number
    }
  /** A plateau made the learning rate smaller, for the steps after this one. */
  | { readonly _tag: 'RateReduced'; readonly epoch: number; readonly step: number }
  | {
      readonly _tag: 'Epoch'
      readonly epoch: number
      /** Means over the epoch's batches, each under the parameters of its step. */
      readonly train: Metrics
      /** Of the evaluation after the epoch; empty where none was asked for. */
      readonly test: Metrics
      /** Spent in the steps of this epoch, over all processes that ran it; without evaluation and checkpoints. */
      readonly seconds: number
    }
  /** Something of this epoch deserves a look; told again only when it changes. `message` says what, and what to do. */
  | { readonly _tag: 'Warning'; readonly epoch: number; readonly message: string }
  /** A checkpoint is whole and on disk. */
  | { readonly _tag: 'Checkpoint'; readonly epoch: number; readonly step: number; readonly path: string }
  /** The metric that is watched is better than after any epoch before; `path` is where the state is kept, if anywhere but in memory. */
  | {
      readonly _tag: 'Best'
      readonly epoch: number
      readonly metric: string
      readonly value: number
      readonly path?: string
    }
  | {
      readonly _tag: 'Stopped'
      readonly epoch: number
      readonly step: number
      /** `patience`: the metric that is watched has not improved for so many epochs. */
      readonly reason: 'finished' | 'requested' | 'patience'
    }
  | {
      readonly _tag: 'Failed'
      readonly epoch: number
      readonly step: number
      readonly error: TrainingError
    }

export const backendFailed = (cause: BackendError): TrainingError => ({
  _tag: 'BackendFailed',
  message: `${cause.backend}: ${cause.message}`,
  cause,
})

export const checkpointFailed = (cause: CheckpointError): TrainingError => ({
  _tag: 'CheckpointFailed',
  message: cause.message,
  cause,
})
