import {
  batchesPerEpoch,
  fashionMnist,
  fashionMnistFrom,
  type DatasetError,
  type FashionMnist,
} from '@elbo/datasets'
import { cpu, reference } from '@elbo/tensor'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, type Failure } from '../failure.js'
import { interruption } from '../interruption.js'
import { openMetricsLog } from './metrics-log.js'
import type { TrainVaeOptions } from './options.js'
import { checkPlace, outputFolder, prepareFolder } from './output-folder.js'
import { progressOn } from './progress.js'
import { summary, testedLast, writeLossCurve, writePictures, type Summary } from './results.js'
import { placeOf, whereToBegin } from './start.js'
import { backendFailure, evaluateNow, trainToTheEnd, type Surroundings, type Training } from './training.js'
import { count, number, seconds } from './wording.js'

const datasetFailure = (error: DatasetError): Failure => {
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

const loadData = (folder: string | undefined): TaskEither<Failure, FashionMnist> =>
  pipe(folder === undefined ? fashionMnist() : fashionMnistFrom(folder), TE.mapLeft(datasetFailure))

const backendOf = ({ backend, threads }: TrainVaeOptions) =>
  backend === 'reference' ? reference() : cpu(threads === undefined ? {} : { threads })

const stepsIn = (
  dataset: FashionMnist,
  { batchSize, epochs, warmUp, decay }: TrainVaeOptions,
): Either<Failure, number> => {
  const images = dataset.train.labels.length
  if (batchSize > images)
    return E.left(failure('usage')(`--batch-size is ${batchSize}, and there are ${images} training images.`))
  const steps = batchesPerEpoch({ key: [0, 0], count: images, batchSize, dropLast: true })
  return decay !== 'none' && warmUp >= epochs * steps
    ? E.left(
        failure('usage')(
          `--warm-up is ${warmUp}, which leaves none of the ${epochs * steps} steps of --epochs for --decay ${decay}.`,
        ),
      )
    : E.right(steps)
}

const plural = (n: number, thing: string): string => `${count(n)} ${thing}${n === 1 ? '' : 's'}`

const resultLines = (result: Summary, steps: number, { path }: { readonly path: string }): string =>
  [
    `test ELBO ${number(result.testElbo, 2)} nats per image (reconstruction ${number(result.testReconstruction, 2)}, KL ${number(result.testKl, 2)})`,
    `${result.bestEpoch === undefined ? '' : `in epoch ${result.bestEpoch}, the best, `}after ${plural(result.epochs, 'epoch')} (${plural(steps, 'step')}${result.secondsPerEpoch === null ? '' : `, ${seconds(result.secondsPerEpoch)} per epoch`}) on ${result.backend}, ${plural(result.threads, 'thread')}`,
    `weights ${result.weightsHash}`,
    `${path}: vae.safetensors, metrics.jsonl, loss.svg, reconstructions.png, samples.png`,
  ].join('\n')

const titleOf = ({ seed }: TrainVaeOptions): string => `VAE on Fashion-MNIST, seed ${seed}`

/** What is left to do when the training is over: measure, draw, tell. Where the best state was kept, it is what the run is for. */
const conclude = (ended: Training, surroundings: Surroundings): TaskEither<Failure, Summary> => {
  const training = { ...ended, checkpoint: ended.best ?? ended.checkpoint }
  const { options, dataset, stepsPerEpoch, backend, folder, log } = surroundings
  const tested = testedLast(training, log.records, stepsPerEpoch)
  return pipe(
    tested === undefined ? evaluateNow(training, surroundings) : TE.right(tested),
    TE.chainFirst(test =>
      writeLossCurve(
        folder,
        titleOf(options),
        log.records,
        stepsPerEpoch,
        tested === undefined ? test : undefined,
      ),
    ),
    TE.chainFirst(() =>
      pipe(
        backend,
        TE.mapLeft(backendFailure),
        TE.chain(device => writePictures(folder, training, dataset, device)),
      ),
    ),
    TE.map(test => summary(training, log.records, test)),
  )
}

/** Right: the exit code. Progress goes to the standard error, results to the standard output. */
export const trainVaeCommand =
  (options: TrainVaeOptions): TaskEither<Failure, number> =>
  async () => {
    const progress = progressOn(process.stderr, options.epochs)
    const { requested, exitCode, release } = interruption(signal => {
      progress.say(`${signal}: finishing this step and writing a checkpoint. Once more stops at once.`)
    })
    const folder = outputFolder(options.out)
    try {
      const ready = await pipe(
        checkPlace(folder),
        TE.chain(() => whereToBegin(folder, options)),
        TE.bindTo('resumed'),
        TE.bind('dataset', () => loadData(options.data)),
        TE.bind('stepsPerEpoch', ({ dataset }) => TE.fromEither(stepsIn(dataset, options))),
        TE.chainFirst(({ resumed }) => prepareFolder(folder, resumed === undefined)),
        TE.bind('log', ({ resumed }) => openMetricsLog(folder.metrics, resumed?.cursor)),
      )()
      if (E.isLeft(ready)) return ready
      const { dataset, resumed, log, stepsPerEpoch } = ready.right
      progress.say(
        `${count(dataset.train.labels.length)} training and ${count(dataset.test.labels.length)} test images (${options.data ?? 'embedded'}); ${stepsPerEpoch} steps of ${options.batchSize} images per epoch`,
      )
      if (resumed !== undefined) progress.say(`continuing ${folder.path} at ${placeOf(resumed)}`)
      else if (options.resume) progress.say(`there is no run in ${folder.path} yet: beginning it`)

      const surroundings = {
        options,
        backend: backendOf(options),
        folder,
        progress,
        interrupted: requested,
        ...ready.right,
      }
      const trained = await trainToTheEnd(surroundings)()
      if (E.isLeft(trained)) {
        await writeLossCurve(folder, titleOf(options), log.records, stepsPerEpoch)()
        return trained
      }
      const signalled = exitCode()
      if (signalled !== undefined) {
        const { cursor } = trained.right.checkpoint
        progress.say(
          `stopped after step ${cursor.batch} of epoch ${cursor.epoch + 1}; ${folder.checkpoint} holds it. The same command with --resume continues.`,
        )
        return pipe(
          await writeLossCurve(folder, titleOf(options), log.records, stepsPerEpoch)(),
          E.map(() => signalled),
        )
      }
      const concluded = await conclude(trained.right, surroundings)()
      if (E.isLeft(concluded)) return concluded
      const result = concluded.right
      process.stdout.write(
        `${options.json ? JSON.stringify(result) : resultLines(result, log.records.filter(({ type }) => type === 'step').length, folder)}\n`,
      )
      return E.right(exitCode() ?? 0)
    } finally {
      release()
    }
  }
