import {
  batchesPerEpoch,
  fashionMnist,
  fashionMnistFrom,
  imageSource,
  type FashionMnist,
} from '@elbo/datasets'
import { adam, initialState, type Checkpoint, type Metrics } from '@elbo/train'
import { checkpointFile } from '@elbo/train/node'
import {
  completed,
  configured,
  labelsFor,
  openEvaluation,
  readVae,
  trainVae,
  type VaeRun,
  type VaeState,
} from '@elbo/vae'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, reasonOf, type Failure } from '../failure.js'
import { trainingCommand, type Finished, type OpenBackend } from '../training/command.js'
import { backendFailure, datasetFailure } from '../training/failures.js'
import { testedAt } from '../training/metrics-log.js'
import { checkDecay } from '../training/options.js'
import { evaluateWith } from '../training/run.js'
import { count, number, plural, seconds } from '../training/wording.js'
import type { TrainVaeOptions } from './options.js'
import { vaeFolder, type VaeFolder } from './output-folder.js'
import { summary, writeLossCurve, writePictures, type Summary } from './results.js'
import { vaeWording } from './wording.js'

interface Data {
  readonly dataset: FashionMnist
  readonly stepsPerEpoch: number
}

const stepsIn = (dataset: FashionMnist, options: TrainVaeOptions): Either<Failure, Data> => {
  const { batchSize, epochs } = options
  const images = dataset.train.labels.length
  if (batchSize > images)
    return E.left(failure('usage')(`--batch-size is ${batchSize}, and there are ${images} training images.`))
  const stepsPerEpoch = batchesPerEpoch({ key: [0, 0], count: images, batchSize, dropLast: true })
  const [, height, width] = dataset.train.images.shape
  const [wantedHeight, wantedWidth] = options.configuration.image ?? [height, width]
  if (wantedHeight !== height || wantedWidth !== width)
    return E.left(
      failure('usage')(
        `The configuration is for images of ${wantedHeight} × ${wantedWidth} (image), and these are ${height} × ${width}.`,
      ),
    )
  return pipe(
    E.tryCatch(
      () => {
        const model = configured(completed(options.configuration))
        for (const { images, labels } of [dataset.train, dataset.test])
          labelsFor(model, imageSource(images, labels))
      },
      error => failure('usage')(`The configuration is of parts that do not fit: ${reasonOf(error)}.`),
    ),
    E.chain(() => checkDecay(options, epochs * stepsPerEpoch, '--epochs')),
    E.map(() => ({ dataset, stepsPerEpoch })),
  )
}

const resultLines = (result: Summary, steps: number, { path }: VaeFolder): readonly string[] => [
  `test ELBO ${number(result.testElbo, 2)} nats per image (reconstruction ${number(result.testReconstruction, 2)}, KL ${number(result.testKl, 2)})`,
  `${result.bestEpoch === undefined ? '' : `in epoch ${result.bestEpoch}, the best, `}after ${plural(result.epochs, 'epoch')} (${plural(steps, 'step')}${result.secondsPerEpoch === null ? '' : `, ${seconds(result.secondsPerEpoch)} per epoch`}) on ${result.backend}, ${plural(result.threads, 'thread')}`,
  `weights ${result.weightsHash}`,
  `${path}: vae.safetensors, metrics.jsonl, loss.svg, reconstructions.png, samples.png`,
]

/** The metrics on the test images at a moment that no epoch's end evaluated. */
const evaluateNow = (
  { about, state }: Checkpoint<VaeState>,
  { test }: FashionMnist,
  backend: OpenBackend,
): TaskEither<Failure, Metrics> => {
  const model = configured((about as VaeRun).configuration)
  const specs: VaeState = initialState(adam())(0)(model.init)
  return evaluateWith(openEvaluation(model, specs, imageSource(test.images, test.labels)), backend)(state)
}

/** What is left to do when the training is over: measure, draw, tell. Where the best state was kept, it is what the run is for. */
const conclude =
  (folder: VaeFolder, title: string) =>
  ({ data: { dataset, stepsPerEpoch }, backend, records, ...ended }: Finished<Data, VaeState>) => {
    const checkpoint = ended.best ?? ended.checkpoint
    const tested = testedAt(checkpoint.cursor, records, stepsPerEpoch)
    return pipe(
      tested === undefined ? evaluateNow(checkpoint, dataset, backend) : TE.right(tested),
      TE.chainFirst(test =>
        writeLossCurve(folder, title, records, stepsPerEpoch, tested === undefined ? test : undefined),
      ),
      TE.chainFirst(() =>
        pipe(
          backend,
          TE.mapLeft(backendFailure),
          TE.chain(device => writePictures(folder, checkpoint, dataset, device)),
        ),
      ),
      TE.map(test => {
        const result = summary({ ...ended, checkpoint }, records, test)
        const steps = records.filter(({ type }) => type === 'step').length
        return { summary: result, lines: resultLines(result, steps, folder) }
      }),
    )
  }

/** Right: the exit code. */
export const trainVaeCommand = (options: TrainVaeOptions): TaskEither<Failure, number> => {
  const { epochs, steps, patience } = options
  const folder = vaeFolder(options.out)
  const title = `VAE on Fashion-MNIST, seed ${options.seed}`
  return trainingCommand<Data, VaeState, VaeRun>({
    options,
    folder,
    wording: vaeWording(epochs),
    read: readVae,
    beyond: ({ cursor }) => {
      const begun = cursor.epoch + (cursor.batch > 0 ? 1 : 0)
      return begun > epochs ? `beyond --epochs ${epochs}. Ask for at least ${begun} epochs.` : undefined
    },
    load: pipe(
      options.data === undefined ? fashionMnist() : fashionMnistFrom(options.data),
      TE.mapLeft(datasetFailure),
      TE.chainEitherK(dataset => stepsIn(dataset, options)),
    ),
    introduce: ({ dataset: { train, test }, stepsPerEpoch }) =>
      `${count(train.labels.length)} training and ${count(test.labels.length)} test images (${options.data ?? 'embedded'}); ${stepsPerEpoch} steps of ${options.batchSize} images per epoch`,
    run: ({ dataset: { train, test } }, settings) =>
      trainVae({
        ...settings,
        dataset: {
          train: imageSource(train.images, train.labels),
          test: imageSource(test.images, test.labels),
        },
        configuration: options.configuration,
        epochs,
        ...(steps === undefined ? {} : { steps }),
        ...(patience === undefined ? {} : { patience, best: checkpointFile(folder.best) }),
      }),
    draw: ({ stepsPerEpoch }, records) => writeLossCurve(folder, title, records, stepsPerEpoch),
    conclude: conclude(folder, title),
  })
}
