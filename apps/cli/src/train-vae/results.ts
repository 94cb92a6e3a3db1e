import { gatherImages, gatherLabels, type ImageDataset } from '@elbo/datasets'
import type { Backend } from '@elbo/tensor'
import { weightsHash, type Checkpoint, type Metrics } from '@elbo/train'
import {
  priorSamples,
  reconstructions,
  type ClassNumbers,
  type Pictures,
  type VaeRun,
  type VaeState,
} from '@elbo/vae'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../failure.js'
import { bytesOf, gridPng, type GreyImages, type GridLayout } from '../pictures/image-grid.js'
import { lossCurveSvg, type BoundAt } from '../pictures/loss-curve.js'
import { backendFailure } from '../training/failures.js'
import { epochsOf, meanAt, secondsPerEpoch, type MetricsRecord } from '../training/metrics-log.js'
import { writeWhole } from '../training/output-folder.js'
import type { Ended } from '../training/run.js'
import type { VaeFolder } from './output-folder.js'

/** The object of `--json`. ELBO and its terms are in nats per image. */
export interface Summary {
  readonly model: 'vae'
  readonly seed: number
  /** Epochs that are complete. */
  readonly epochs: number
  /** With --patience: the epoch with the highest test ELBO, which the other numbers are of. */
  readonly bestEpoch?: number
  /** The mean over the last epoch, or the best one, each batch under the parameters of its step. */
  readonly trainElbo: number
  readonly testElbo: number
  readonly testReconstruction: number
  readonly testKl: number
  /** Spent in the steps of an epoch, on average; without evaluation and checkpoints. `null` when no epoch is complete. */
  readonly secondsPerEpoch: number | null
  readonly backend: string
  readonly threads: number
  /** SHA-256 over all parameters, to the bit. */
  readonly weightsHash: string
}

export const summary = (
  { checkpoint, best, executed }: Ended<VaeState>,
  records: readonly MetricsRecord[],
  test: Metrics,
): Summary => {
  const about = checkpoint.about as VaeRun
  return {
    model: about.model,
    seed: about.seed,
    epochs: epochsOf(records).length,
    ...(best === undefined ? {} : { bestEpoch: best.cursor.epoch + 1 }),
    trainElbo: meanAt(checkpoint.cursor, records, 'elbo'),
    testElbo: test['elbo'],
    testReconstruction: test['reconstruction'],
    testKl: test['kl'],
    secondsPerEpoch: secondsPerEpoch(records),
    backend: executed.backend,
    threads: executed.threads,
    weightsHash: weightsHash(checkpoint.state.parameters),
  }
}

const boundAt = (at: number, metrics: Metrics): BoundAt => ({
  at,
  elbo: metrics['elbo'],
  reconstruction: metrics['reconstruction'],
  kl: metrics['kl'],
})

/** Draws the curves of all that the log holds, and of an evaluation at the end where there was one. */
export const writeLossCurve = (
  { lossCurve }: VaeFolder,
  title: string,
  records: readonly MetricsRecord[],
  stepsPerEpoch: number,
  last?: Metrics,
): TaskEither<Failure, void> => {
  const train = records.flatMap(record =>
    record.type === 'step' ? [boundAt(record.epoch - 1 + record.step / stepsPerEpoch, record.train)] : [],
  )
  const test = records.flatMap(record =>
    record.type === 'epoch' ? [boundAt(record.epoch, record.test)] : [],
  )
  const end = train.at(-1)?.at
  return writeWhole(
    lossCurve,
    lossCurveSvg({
      title,
      train,
      test: last === undefined || end === undefined ? test : [...test, boundAt(end, last)],
    }),
  )
}

const reconstructionLayout: GridLayout = { columns: 10, scale: 2, gutter: 4, rowsPerGroup: 2 }
const sampleLayout: GridLayout = { columns: 10, scale: 2, gutter: 4 }
const examplesPerClass = 4

const grey = ({ data, shape: [, height, width] }: Pictures): GreyImages => ({
  data: bytesOf(data),
  height,
  width,
})

/** The first test images of each class: the k-th of every class, for each k. */
const examples = ({
  test,
  classes,
}: ImageDataset): { readonly originals: Pictures; readonly labels: ClassNumbers } => {
  const positions = classes.map((_, label) =>
    Array.from(test.labels.keys()).filter(position => test.labels[position] === label),
  )
  const chosen = Array.from({ length: examplesPerClass }, (_, k) => positions.map(each => each[k])).flat()
  return { originals: gatherImages(chosen)(test.images), labels: gatherLabels(chosen)(test.labels) }
}

/** Rows of ten, each followed by the row of what became of it. */
const interleaved = (originals: GreyImages, copies: GreyImages): GreyImages => {
  const row = reconstructionLayout.columns * originals.height * originals.width
  const data = new Uint8Array(2 * originals.data.length)
  for (let from = 0; from < originals.data.length; from += row) {
    data.set(originals.data.subarray(from, from + row), 2 * from)
    data.set(copies.data.subarray(from, from + row), 2 * from + row)
  }
  return { ...originals, data }
}

/** Four test images of each class above their reconstructions, and a hundred images from the prior, each as its pixels' probabilities. */
export const writePictures = (
  folder: VaeFolder,
  { about, state }: Checkpoint<VaeState>,
  dataset: ImageDataset,
  backend: Backend,
): TaskEither<Failure, void> => {
  const { configuration, seed } = about as VaeRun
  const trained = { configuration, parameters: state.parameters }
  const { originals, labels } = examples(dataset)
  return pipe(
    TE.Do,
    TE.apS('copies', reconstructions(backend)(trained, originals, labels)),
    TE.apS('samples', priorSamples(backend)(trained, seed, 100)),
    TE.mapLeft(backendFailure),
    TE.chain(({ copies, samples }) =>
      pipe(
        writeWhole(
          folder.reconstructions,
          gridPng(interleaved(grey(originals), grey(copies)), reconstructionLayout),
        ),
        TE.chain(() => writeWhole(folder.samples, gridPng(grey(samples), sampleLayout))),
      ),
    ),
  )
}
