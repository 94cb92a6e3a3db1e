import {
  denoisingOf,
  openEvaluation,
  readDiffusion,
  spacings,
  discretePath,
  ddim,
  trainDiffusion,
  type DiffusionData,
  type DiffusionRun,
  type DiffusionState,
} from '@elbo/diffusion'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Failure } from '../failure.js'
import { drawSamples, everyClass } from '../sample-diffusion/draw.js'
import { besideData, picturePng } from '../sample-diffusion/pictures.js'
import { trainingCommand, type Finished } from '../training/command.js'
import { checkDecay } from '../training/options.js'
import { writeWhole } from '../training/output-folder.js'
import type { Wording } from '../training/progress.js'
import { evaluateWith } from '../training/run.js'
import { count, number, plural, seconds } from '../training/wording.js'
import { loadData } from './data.js'
import { modelOf } from './model.js'
import type { TrainDiffusionOptions } from './options.js'
import { diffusionFolder, type DiffusionFolder } from './output-folder.js'
import { summary, writeLossCurve, type Summary } from './results.js'

const stepsIn = (data: DiffusionData, { batchSize, stepsPerEpoch }: TrainDiffusionOptions): number =>
  data.kind === 'points' ? stepsPerEpoch : Math.floor(data.train.shape[0] / batchSize)

const wordingOf = ({ steps }: TrainDiffusionOptions): Wording => ({
  epoch: epoch => `epoch ${epoch}`,
  step: ({ epoch, step, stepsPerEpoch, metrics, examplesPerSecond }) =>
    `step ${count((epoch - 1) * stepsPerEpoch + step)} of ${count(steps)}  loss ${number(metrics['loss'], 4)}  ${count(examplesPerSecond)} examples/s`,
  tested: ({ train, test, seconds: spent }) =>
    `loss ${number(train['loss'], 4)}  fresh data ${number(test['loss'], 4)}  bound ${number(test['boundNats'], 3)} nats${test['bitsPerDim'] === undefined ? '' : ` (${number(test['bitsPerDim'], 3)} bits per pixel)`}  ${seconds(spent)}`,
})

const resultLines = (result: Summary, { path }: DiffusionFolder): readonly string[] => [
  `−bound ${number(result.boundNats, 3)} nats per example${result.bitsPerDim === undefined ? '' : `, ${number(result.bitsPerDim, 3)} bits per pixel`}, on fresh data`,
  `after ${plural(result.steps, 'step')}${result.secondsPerEpoch === null ? '' : ` (${seconds(result.secondsPerEpoch)} per epoch)`} on ${result.backend}, ${plural(result.threads, 'thread')}`,
  `weights ${result.weightsHash}`,
  `${path}: diffusion.safetensors, metrics.jsonl, loss.svg, samples.png`,
]

/** Levels at which the evaluation at the end looks at each example. */
const draws = { points: 16, images: 4 }

/** Samples for the picture at the end. */
const drawn = { points: 10_000, images: 100 }
const stepsOfPicture = 50

const conclude =
  (folder: DiffusionFolder, title: string, options: TrainDiffusionOptions) =>
  ({ data, backend, records, ...ended }: Finished<DiffusionData, DiffusionState>) => {
    const { checkpoint } = ended
    const { denoiser: model, seed } = checkpoint.about as DiffusionRun
    const { process } = denoisingOf(model)
    const steps = Math.min(stepsOfPicture, model.length)
    return pipe(
      evaluateWith(
        openEvaluation(data, model, checkpoint.state as never, {
          count: options.examples,
          draws: draws[data.kind],
        }),
        backend,
      )(checkpoint.state),
      TE.chainFirst(() => writeLossCurve(folder, title, records, stepsIn(data, options))),
      TE.chainFirst(() =>
        pipe(
          drawSamples(backend)(checkpoint, {
            sampler: ddim(),
            path: discretePath(spacings.trailing, process)(steps),
            classes: everyClass(model, drawn[data.kind]),
            ...{ count: drawn[data.kind], seed, guidance: 1, average: true, frames: false },
            threshold: data.kind === 'points' ? 'none' : 'static',
          }),
          TE.chain(besideData(data, seed, backend)),
          TE.chain(picture => writeWhole(folder.samples, picturePng(picture))),
        ),
      ),
      TE.map(test => {
        const result = summary(ended, options.data, records, test)
        return { summary: result, lines: resultLines(result, folder) }
      }),
    )
  }

/** Right: the exit code. */
export const trainDiffusionCommand = (options: TrainDiffusionOptions): TaskEither<Failure, number> => {
  const { steps, stepsPerEpoch, labelDropout, averageDecay } = options
  const folder = diffusionFolder(options.out)
  const title = `Diffusion on ${options.data}, seed ${options.seed}`
  const model = modelOf(options)
  return trainingCommand<DiffusionData, DiffusionState, DiffusionRun>({
    options,
    folder,
    wording: wordingOf(options),
    read: readDiffusion,
    beyond: ({ state }) => {
      const [made] = state.step.data
      return made > steps ? `beyond --steps ${steps}. Ask for at least ${made} steps.` : undefined
    },
    load: pipe(
      TE.fromEither(checkDecay(options, steps, '--steps')),
      TE.chain(() => loadData(options.data)),
    ),
    introduce: data =>
      data.kind === 'points'
        ? `points of ${options.data}, ${count(options.batchSize)} per step, always fresh ones`
        : `${count(data.train.shape[0])} training and ${count(data.test.shape[0])} test images (${options.data}); ${stepsIn(data, options)} steps of ${options.batchSize} images per epoch`,
    run: (data, settings) =>
      trainDiffusion({
        ...settings,
        ...{ data, model, steps, stepsPerEpoch, averageDecay },
        ...(model.architecture.classes === 0 ? {} : { labelDropout }),
      }),
    draw: (data, records) => writeLossCurve(folder, title, records, stepsIn(data, options)),
    conclude: conclude(folder, title, options),
  })
}
