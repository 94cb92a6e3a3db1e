import {
  adam,
  beginningOf,
  chain,
  clipByGlobalNorm,
  initialState,
  scheduleFor,
  shuffleKey,
  train,
  trainingStep,
  type CheckpointStore,
  type LearningRate,
  type TrainingOptions,
  type TrainingRun,
} from '@elbo/train'
import { collapseOf } from './collapse.js'
import { configured, whole, type ConfigurationFile } from './configuration/configuration.js'
import { dataOf, settingsOf, type VaeCheckpoint, type VaeRun, type VaeState } from './checkpoint.js'
import type { ImageSource, IndexedImages } from './image-source.js'
import { batchesOf, batchSpecs, labelsFor, type BatchSpecs } from './labelled.js'
import { openEvaluation } from './training.js'

export interface TrainVaeOptions extends TrainingOptions<VaeCheckpoint> {
  /** Grey-scale images, and their labels where the model is one of pictures given a label: `imageSource` of `@elbo/datasets` makes these of any. */
  readonly dataset: {
    readonly train: ImageSource
    readonly test: IndexedImages
  }
  /**
   * What the model is made of and trained by; 784-400-20-400-784 with Bernoulli pixels, by the ELBO, unless told. What it says of the training
   * holds where no option here says otherwise.
   */
  readonly configuration?: ConfigurationFile
  /** Epochs in all, those before a resumption included; the rate falls over these. 5 unless told. */
  readonly epochs?: number
  /** Ends training after so many steps in all, within an epoch too. */
  readonly steps?: number
  /** 128. An epoch leaves out the images that do not fill a last batch; which ones changes from epoch to epoch. */
  readonly batchSize?: number
  /** Of Adam: 0.001. */
  readonly learningRate?: number
  /** Scales the slopes of a step so that their norm over all parameters is at most this; unless told, they stay as they are. */
  readonly clip?: number
  /** Ends training when the test ELBO has not been higher for so many epochs. */
  readonly patience?: number
  /** Keeps the checkpoint with the highest test ELBO, beside the last. */
  readonly best?: CheckpointStore
}

/**
 * Trains a VAE on images, with Adam. Metrics are `loss`, `elbo`, `reconstruction` and `kl`, in nats per image, and what is the objective's own.
 * After an epoch `activeDimensions` counts the dimensions of z that tell of x; a `Warning` says so where they are few. `latest()` is the last
 * good state, for drawing.
 * @throws RangeError for a configuration, or a batch, that there is no model for, and for labels that are missing or of no class.
 */
export const trainVae = ({
  dataset,
  seed,
  steps,
  backend,
  configuration: given = {},
  best,
  out,
  checkpointEvery,
  resume,
  signal,
  passes,
  ...options
}: TrainVaeOptions): TrainingRun<VaeState> => {
  const configuration = whole(given)
  const {
    epochs = 5,
    batchSize = 128,
    learningRate = 1e-3,
    warmUp = 0,
    decay = 'none',
    clip,
    patience,
  } = { ...given.training, ...options }
  const model = configured(configuration)
  const images = dataset.train
  const [count] = images.shape
  const stepsPerEpoch = Math.floor(count / batchSize)
  const rate: LearningRate = {
    peak: learningRate,
    warmUp,
    decay,
    steps: decay === 'none' ? 0 : epochs * stepsPerEpoch,
  }
  const about: VaeRun = {
    model: 'vae',
    configuration,
    seed,
    batchSize,
    learningRate: rate,
    clip: clip ?? null,
    data: dataOf(images, labelsFor(model, images)),
  }
  if (!Number.isSafeInteger(batchSize) || batchSize < 1 || batchSize > count) {
    throw new RangeError(`trainVae: a batch of ${batchSize} cannot be filled from ${count} images`)
  }

  const optimiser = chain(
    ...(clip === undefined ? [] : [clipByGlobalNorm(clip)]),
    adam({ learningRate: scheduleFor(rate) }),
  )
  const initial = initialState(optimiser)(seed)(model.init)

  const batchAt = batchesOf(model, images)

  return train<VaeState, BatchSpecs>({
    backend,
    start: beginningOf({ initial, about, settingsOf, resume }),
    step: trainingStep(model.loss(count), optimiser),
    batch: batchSpecs(model, images, batchSize),
    *batches(cursor, { key }) {
      for (const positions of images.shuffled({ key: shuffleKey(key), batchSize }, cursor)) {
        yield batchAt(positions)
      }
    },
    stepsPerEpoch,
    epochs,
    ...(steps === undefined ? {} : { steps }),
    examplesPerStep: batchSize,
    evaluation: openEvaluation(model, initial, dataset.test, passes),
    warning: ({ test }) =>
      test['activeDimensions'] === undefined
        ? undefined
        : collapseOf(test['activeDimensions'], configuration.latent),
    ...(patience === undefined && best === undefined
      ? {}
      : {
          watch: {
            metric: 'elbo',
            goal: 'most',
            ...(patience === undefined ? {} : { patience }),
            ...(best === undefined ? {} : { store: best }),
          },
        }),
    ...(out === undefined ? {} : { store: out }),
    ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
    ...(signal === undefined ? {} : { signal }),
    ...(passes === undefined ? {} : { passes }),
  })
}
