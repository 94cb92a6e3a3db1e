import { spec, type Spec } from '@elbo/tensor'
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
import { fashionMnistArchitecture, imageVae, type Architecture } from './architecture.js'
import { dataOf, settingsOf, type VaeCheckpoint, type VaeRun, type VaeState } from './checkpoint.js'
import type { ImageSource, IndexedImages } from './image-source.js'
import { elboLoss, openEvaluation } from './training.js'

export interface TrainVaeOptions extends TrainingOptions<VaeCheckpoint> {
  /** Grey-scale images: `imageSource` of `@elbo/datasets` makes these of any. */
  readonly dataset: {
    readonly train: ImageSource
    readonly test: IndexedImages
  }
  /** Epochs in all, those before a resumption included; the rate falls over these. */
  readonly epochs: number
  /** Ends training after so many steps in all, within an epoch too. */
  readonly steps?: number
  /** 784-400-20-400-784 unless told. */
  readonly architecture?: Architecture
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
 * Trains a VAE on images by the ELBO, with Adam, pixels binarised anew in every step. Metrics are `loss`, `elbo`, `reconstruction` and
 * `kl`, in nats per image. `latest()` is the last good state, for drawing.
 */
export const trainVae = ({
  dataset,
  seed,
  epochs,
  steps,
  backend,
  architecture = fashionMnistArchitecture,
  batchSize = 128,
  learningRate = 1e-3,
  warmUp = 0,
  decay = 'none',
  clip,
  patience,
  best,
  out,
  checkpointEvery,
  resume,
  signal,
  passes,
}: TrainVaeOptions): TrainingRun<VaeState> => {
  const model = imageVae(architecture)
  const images = dataset.train
  const [count, height, width] = images.shape
  const stepsPerEpoch = Math.floor(count / batchSize)
  const rate: LearningRate = {
    peak: learningRate,
    warmUp,
    decay,
    steps: decay === 'none' ? 0 : epochs * stepsPerEpoch,
  }
  const about: VaeRun = {
    model: 'vae',
    architecture,
    seed,
    batchSize,
    learningRate: rate,
    clip: clip ?? null,
    data: dataOf(images),
  }
  if (!Number.isSafeInteger(batchSize) || batchSize < 1 || batchSize > count) {
    throw new RangeError(`trainVae: a batch of ${batchSize} cannot be filled from ${count} images`)
  }

  const optimiser = chain(
    ...(clip === undefined ? [] : [clipByGlobalNorm(clip)]),
    adam({ learningRate: scheduleFor(rate) }),
  )
  const initial = initialState(optimiser)(seed)(model.init)

  return train<VaeState, { readonly images: Spec<readonly [number, number, number], 'f32'> }>({
    backend,
    start: beginningOf({ initial, about, settingsOf, resume }),
    step: trainingStep(elboLoss(model), optimiser),
    batch: { images: spec([batchSize, height, width]) },
    *batches(cursor, { key }) {
      for (const positions of images.shuffled({ key: shuffleKey(key), batchSize }, cursor)) {
        yield { images: images.gather(positions) }
      }
    },
    stepsPerEpoch,
    epochs,
    ...(steps === undefined ? {} : { steps }),
    examplesPerStep: batchSize,
    evaluation: openEvaluation(model, initial, dataset.test, passes),
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
