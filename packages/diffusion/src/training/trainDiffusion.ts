import {
  train,
  trainingStep,
  beginningOf,
  type LearningRate,
  type TrainingOptions,
  type TrainingRun,
} from '@elbo/train'
import { exampleShape } from './architecture.js'
import { imageBatches, pointBatches, type BatchSpecs } from './batches.js'
import { openEvaluation, type EvaluationOptions } from './evaluation.js'
import { dataOf, type DiffusionData } from './data.js'
import { denoisingLoss, type LossName } from './loss.js'
import {
  denoisingOf,
  optimiserOf,
  settingsOf,
  stateOf,
  type DiffusionCheckpoint,
  type DiffusionModel,
  type DiffusionRun,
  type DiffusionState,
} from './run.js'

export interface TrainDiffusionOptions extends TrainingOptions<DiffusionCheckpoint> {
  readonly data: DiffusionData
  readonly model: DiffusionModel
  /** Steps in all, those before a resumption included; the rate falls over these. */
  readonly steps: number
  /** 64 for images, 512 for points. */
  readonly batchSize?: number
  /** What counts as an epoch where points are drawn: 500 steps. Images are seen once in an epoch. */
  readonly stepsPerEpoch?: number
  /** Of Adam: 0.001. */
  readonly learningRate?: number
  /** What the rate falls to where it falls: 0 unless told. */
  readonly lastRate?: number
  /** Scales the slopes of a step so that their norm over all parameters is at most this: 1; `null` leaves them as they are. */
  readonly clip?: number | null
  /** The part of the labels that a network with classes is not told: 0.1. */
  readonly labelDropout?: number
  /** What is made small: the `simple` loss unless told. */
  readonly loss?: LossName
  /** Of the average of the parameters: 0.999. */
  readonly averageDecay?: number
  /** After each epoch; a second's work or two unless told. */
  readonly evaluation?: EvaluationOptions
}

const checked = (data: DiffusionData, { architecture }: DiffusionModel, batchSize: number): void => {
  const shape = exampleShape(architecture).join(' × ')
  const found = data.kind === 'points' ? '2' : [1, ...data.train.shape.slice(1)].join(' × ')
  if (shape !== found) throw new RangeError(`trainDiffusion: a network for ${shape} and data of ${found}`)
  const labelled = data.kind === 'images' && data.train.labels !== undefined
  if (labelled !== architecture.classes > 0)
    throw new RangeError(
      `trainDiffusion: ${labelled ? 'labels' : 'no labels'} for a network of ${architecture.classes} classes`,
    )
  if (data.kind === 'images' && batchSize > data.train.shape[0])
    throw new RangeError(
      `trainDiffusion: a batch of ${batchSize} cannot be filled from ${data.train.shape[0]} images`,
    )
}

/**
 * Trains a diffusion model with Adam, the levels drawn for each example, and keeps an average of its parameters, which is what
 * is evaluated. Metrics are `loss` and, after each epoch, those of `openEvaluation`. `latest()` is the last good state, for drawing.
 * @throws RangeError where data and network do not fit, and for settings that are no numbers of their kind.
 */
export const trainDiffusion = ({
  data,
  model,
  seed,
  steps,
  backend,
  batchSize = data.kind === 'points' ? 512 : 64,
  stepsPerEpoch = 500,
  learningRate = 1e-3,
  lastRate = 0,
  warmUp = 0,
  decay = 'none',
  clip = 1,
  labelDropout = model.architecture.classes === 0 ? 0 : 0.1,
  averageDecay = 0.999,
  loss = 'simple',
  evaluation = {},
  out,
  checkpointEvery,
  resume,
  signal,
  passes,
}: TrainDiffusionOptions): TrainingRun<DiffusionState> => {
  for (const [name, value] of Object.entries({ steps, batchSize, stepsPerEpoch }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`trainDiffusion: ${name} is ${value}, not a positive integer`)
  checked(data, model, batchSize)
  const rate: LearningRate = {
    peak: learningRate,
    warmUp,
    decay,
    steps: decay === 'none' ? 0 : steps,
    ...(decay === 'none' ? {} : { last: lastRate }),
  }
  const about: DiffusionRun = {
    model: 'diffusion',
    denoiser: model,
    loss,
    labelDropout,
    averageDecay,
    seed,
    batchSize,
    learningRate: rate,
    clip,
    data: dataOf(data),
  }
  const epoch = data.kind === 'points' ? stepsPerEpoch : Math.floor(data.train.shape[0] / batchSize)
  const batches =
    data.kind === 'points'
      ? pointBatches(data, batchSize, model.scale, stepsPerEpoch)
      : imageBatches(data, batchSize)
  const lossOf = denoisingLoss(denoisingOf(model), { loss, labelDropout })
  const initial = stateOf(about)

  return train<DiffusionState, BatchSpecs>({
    backend,
    start: beginningOf({ initial, about, settingsOf, resume }),
    step: trainingStep((parameters, given, key) => {
      const [examples, rest] = batches.examples(given, key)
      return [lossOf(parameters, examples, rest), {}] as const
    }, optimiserOf(about)),
    batch: batches.specs,
    batches: (cursor, { key }) => batches.of(cursor, key),
    stepsPerEpoch: epoch,
    epochs: Math.ceil(steps / epoch),
    steps,
    examplesPerStep: batchSize,
    evaluation: openEvaluation(data, model, initial, {
      ...evaluation,
      ...(passes === undefined ? {} : { passes }),
    }),
    ...(out === undefined ? {} : { store: out }),
    ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
    ...(signal === undefined ? {} : { signal }),
    ...(passes === undefined ? {} : { passes }),
  })
}
