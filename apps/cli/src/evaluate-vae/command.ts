import { imageSource } from '@elbo/datasets'
import { adam, initialState } from '@elbo/train'
import {
  configured,
  evaluateVae,
  observe,
  openEvaluation,
  trainedModel,
  type ImageParameters,
  type TrainedModel,
  type VaeCheckpoint,
  type VaeState,
} from '@elbo/vae'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, type Failure } from '../failure.js'
import { imagesFor, readTrained } from '../trained-vae/checkpoint.js'
import { backendOf } from '../training/command.js'
import { backendFailure } from '../training/failures.js'
import { evaluateWith } from '../training/run.js'
import { plural } from '../training/wording.js'
import type { EvaluateVaeOptions } from './options.js'
import { evaluationProgress } from './progress.js'
import { boundLines, decompositionLines } from './table.js'

/** `epoch 3, step 40` is where training stood. */
const titleOf = ({ file, cursor, about }: VaeCheckpoint): string =>
  `${file}: after ${plural(cursor.epoch, 'epoch')} and ${plural(cursor.batch, 'step')}, seed ${about.seed}, ${about.configuration.latent} dimensions of z`

/** What was found, as data and for a reader. */
interface Found {
  readonly data: object
  readonly lines: readonly string[]
}

/** The bound and its terms: all that is known of every kind of model. Left: more was asked for. */
const boundAlone = (
  checkpoint: VaeCheckpoint,
  { data, costly, ...where }: EvaluateVaeOptions,
): TaskEither<Failure, Found> => {
  if (costly.length > 0)
    return TE.left(
      failure('usage')(
        `${costly.join(', ')}: ${checkpoint.file} is a model of the kind ${checkpoint.about.configuration.model.kind}, whose bound alone is known; this is for those of the kind vae.`,
      ),
    )
  const model = configured(checkpoint.about.configuration)
  const specs: VaeState = initialState(adam())(0)(model.init)
  return pipe(
    imagesFor(checkpoint, data),
    TE.chain(({ test }) =>
      evaluateWith(
        openEvaluation(model, specs, imageSource(test.images, test.labels)),
        backendOf(where),
      )(checkpoint.state),
    ),
    TE.map(metrics => ({ data: metrics, lines: boundLines(titleOf(checkpoint), metrics) })),
  )
}

const everything = (
  checkpoint: VaeCheckpoint,
  trained: TrainedModel<ImageParameters>,
  { data, samples, examples, refined, sandwich, seed, ...where }: EvaluateVaeOptions,
): TaskEither<Failure, Found> =>
  pipe(
    TE.Do,
    TE.apS('dataset', imagesFor(checkpoint, data)),
    TE.apS('backend', pipe(backendOf(where), TE.mapLeft(backendFailure))),
    TE.bind('progress', () => TE.fromIO(() => evaluationProgress(process.stderr))),
    TE.chain(({ dataset, backend, progress }) =>
      pipe(
        observe(backend)(trained.pixels, imageSource(dataset.test.images), { seed }),
        TE.chain(x =>
          evaluateVae(backend)(trained, x, {
            ...{ samples, examples, refined, sandwiched: sandwich, seed },
            progress: progress.at,
          }),
        ),
        TE.mapLeft(backendFailure),
        TE.chainFirstIOK(() => progress.end),
      ),
    ),
    TE.map(found => ({ data: found, lines: decompositionLines(titleOf(checkpoint), found) })),
  )

/** Right: the exit code. Progress goes to the standard error, the decomposition to the standard output. */
export const evaluateVaeCommand = (options: EvaluateVaeOptions): TaskEither<Failure, number> =>
  pipe(
    readTrained(options.checkpoint),
    TE.chain(checkpoint => {
      const { about, state } = checkpoint
      const trained = trainedModel({ configuration: about.configuration, parameters: state.parameters })
      return trained === undefined
        ? boundAlone(checkpoint, options)
        : everything(checkpoint, trained, options)
    }),
    TE.map(({ data, lines }) => {
      process.stdout.write(`${options.json ? JSON.stringify(data) : lines.join('\n')}\n`)
      return 0
    }),
  )
