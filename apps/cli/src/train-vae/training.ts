import { imageSource, type ImageDataset } from '@elbo/datasets'
import type { Backend, BackendError, Executed } from '@elbo/tensor'
import { adam, initialState, type Metrics, type TrainingError, type TrainingEvent } from '@elbo/train'
import { checkpointFile } from '@elbo/train/node'
import { imageVae, openEvaluation, trainVae, type VaeCheckpoint, type VaeRun, type VaeState } from '@elbo/vae'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, type Failure } from '../failure.js'
import { writingFailed, type MetricsLog } from './metrics-log.js'
import type { TrainVaeOptions } from './options.js'
import { checkpointFailure, type OutputFolder } from './output-folder.js'
import type { Progress } from './progress.js'

type Trained = ReturnType<ReturnType<typeof trainVae>['latest']> & object

/** How a run came to its end, as far as it did without fault. */
export interface Training {
  readonly checkpoint: Trained
  /** The one with the highest test ELBO, where that was watched. */
  readonly best: Trained | undefined
  readonly about: VaeRun
  readonly executed: Executed
  /** Whether it was a signal that ended it. */
  readonly interrupted: boolean
}

export interface Surroundings {
  readonly options: TrainVaeOptions
  readonly dataset: ImageDataset
  readonly stepsPerEpoch: number
  readonly backend: TaskEither<BackendError, Backend>
  readonly folder: OutputFolder
  readonly resumed: VaeCheckpoint | undefined
  readonly log: MetricsLog
  readonly progress: Progress
  readonly interrupted: AbortSignal
}

export const backendFailure = ({ _tag, backend, message }: BackendError): Failure =>
  _tag === 'Unavailable'
    ? failure('unavailable')(
        `The ${backend} backend cannot run here: ${message}.${backend === 'reference' ? '' : ' --backend reference runs everywhere, slowly.'}`,
      )
    : failure(_tag === 'OutOfMemory' ? 'unavailable' : 'software')(
        `The ${backend} backend failed: ${message}.`,
      )

const trainingFailure = (error: TrainingError, { checkpoint }: OutputFolder): Failure => {
  switch (error._tag) {
    case 'NotFinite':
      return failure('diverged')(`Training diverged: ${error.message}\nThe checkpoint: ${checkpoint}`)
    case 'BackendFailed':
      return backendFailure(error.cause)
    case 'CheckpointFailed':
      return checkpointFailure(error.cause)
  }
}

const sayWhatRuns = (
  { backend, threads, fallbackReason }: Executed,
  asked: TrainVaeOptions,
  { say }: Progress,
) => {
  say(`backend ${backend}, ${threads} thread${threads === 1 ? '' : 's'}`)
  if (fallbackReason !== undefined) say(`not as asked: ${fallbackReason}`)
  else if (asked.threads !== undefined && asked.threads !== threads)
    say(`not as asked: ${asked.threads} threads were wanted`)
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
  } else if (event._tag === 'Stopped' && event.reason === 'patience') {
    progress.say(`stopping: the test ELBO has not risen for as many epochs as --patience says`)
  }
}

/** Trains until the epochs or the steps are done, or a signal comes. */
export const trainToTheEnd =
  ({
    options,
    dataset,
    stepsPerEpoch,
    backend,
    folder,
    resumed,
    log,
    progress,
    interrupted,
  }: Surroundings): TaskEither<Failure, Training> =>
  async () => {
    const enough = new AbortController()
    const limit = options.steps ?? Infinity
    const stepsAt = (epoch: number, step: number) => (epoch - 1) * stepsPerEpoch + step
    if (resumed !== undefined && stepsAt(resumed.cursor.epoch + 1, resumed.cursor.batch) >= limit)
      enough.abort()
    const run = trainVae({
      dataset: { train: imageSource(dataset.train.images), test: imageSource(dataset.test.images) },
      seed: options.seed,
      epochs: options.epochs,
      batchSize: options.batchSize,
      learningRate: options.learningRate,
      warmUp: options.warmUp,
      decay: options.decay,
      backend,
      out: checkpointFile(folder.checkpoint),
      signal: AbortSignal.any([interrupted, enough.signal]),
      ...(options.clip === undefined ? {} : { clip: options.clip }),
      ...(options.patience === undefined
        ? {}
        : { patience: options.patience, best: checkpointFile(folder.best) }),
      ...(options.checkpointEvery === undefined ? {} : { checkpointEvery: options.checkpointEvery }),
      ...(resumed === undefined ? {} : { resume: resumed }),
    })
    let told = false
    let ended: Either<Failure, undefined> = E.right(undefined)
    try {
      for await (const event of run) {
        const executed = run.executed()
        if (!told && executed !== undefined) {
          told = true
          sayWhatRuns(executed, options, progress)
        }
        if (event._tag === 'Failed') ended = E.left(trainingFailure(event.error, folder))
        else record(event, log, progress)
        if (event._tag === 'Step' && stepsAt(event.epoch, event.step) >= limit) enough.abort()
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
    return E.right({
      checkpoint,
      best: run.best(),
      about: checkpoint.about as VaeRun,
      executed,
      interrupted: interrupted.aborted,
    })
  }

/** The metrics on the test images at a moment that no epoch's end evaluated. */
export const evaluateNow = (
  { checkpoint, about }: Training,
  { dataset, backend }: Surroundings,
): TaskEither<Failure, Metrics> => {
  const model = imageVae(about.architecture)
  const specs: VaeState = initialState(adam())(0)(model.init)
  return pipe(
    backend,
    TE.chain(openEvaluation(model, specs, imageSource(dataset.test.images))),
    TE.chain(evaluation =>
      TE.bracket(
        TE.right(evaluation),
        ({ evaluate }) => evaluate(checkpoint.state),
        ({ dispose }) => dispose,
      ),
    ),
    TE.mapLeft(backendFailure),
  )
}
