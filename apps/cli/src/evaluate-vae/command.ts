import { imageSource } from '@elbo/datasets'
import { evaluateVae, observe, trainedModel, type Decomposition, type VaeCheckpoint } from '@elbo/vae'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, type Failure } from '../failure.js'
import { imagesFor, readTrained } from '../trained-vae/checkpoint.js'
import { backendOf } from '../training/command.js'
import { backendFailure } from '../training/failures.js'
import { plural } from '../training/wording.js'
import type { EvaluateVaeOptions } from './options.js'
import { evaluationProgress } from './progress.js'
import { decompositionLines } from './table.js'

/** `epoch 3, step 40` is where training stood. */
const titleOf = ({ file, cursor, about }: VaeCheckpoint): string =>
  `${file}: after ${plural(cursor.epoch, 'epoch')} and ${plural(cursor.batch, 'step')}, seed ${about.seed}, ${about.configuration.latent} dimensions of z`

const results = (
  checkpoint: VaeCheckpoint,
  { data, samples, examples, refined, sandwich, seed, ...where }: EvaluateVaeOptions,
): TaskEither<Failure, Decomposition> => {
  const { configuration } = checkpoint.about
  const trained = trainedModel({ configuration, parameters: checkpoint.state.parameters })
  if (trained === undefined)
    return TE.left(
      failure('data')(
        `${checkpoint.file} is a model of the kind ${configuration.model.kind}: only those of the kind vae can be evaluated so far.`,
      ),
    )
  const progress = evaluationProgress(process.stderr)
  return pipe(
    TE.Do,
    TE.apS('dataset', imagesFor(checkpoint, data)),
    TE.apS('backend', pipe(backendOf(where), TE.mapLeft(backendFailure))),
    TE.chain(({ dataset, backend }) =>
      pipe(
        observe(backend)(trained.pixels, imageSource(dataset.test.images), { seed }),
        TE.chain(x =>
          evaluateVae(backend)(trained, x, {
            ...{ samples, examples, refined, sandwiched: sandwich, seed },
            progress: progress.at,
          }),
        ),
        TE.mapLeft(backendFailure),
      ),
    ),
    TE.chainFirstIOK(() => progress.end),
  )
}

/** Right: the exit code. Progress goes to the standard error, the decomposition to the standard output. */
export const evaluateVaeCommand = (options: EvaluateVaeOptions): TaskEither<Failure, number> =>
  pipe(
    readTrained(options.checkpoint),
    TE.chain(checkpoint =>
      pipe(
        results(checkpoint, options),
        TE.map(found => {
          const text = options.json
            ? JSON.stringify(found)
            : decompositionLines(titleOf(checkpoint), found).join('\n')
          process.stdout.write(`${text}\n`)
          return 0
        }),
      ),
    ),
  )
