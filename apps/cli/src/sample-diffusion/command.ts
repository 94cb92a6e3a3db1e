import { join } from 'node:path'
import { denoisingOf, type DiffusionModel } from '@elbo/diffusion'
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, type Failure } from '../failure.js'
import { backendOf } from '../training/command.js'
import { prepareOutput, writeWhole } from '../training/output-folder.js'
import { plural } from '../training/wording.js'
import { readTrained } from './checkpoint.js'
import { drawSamples, everyClass, type Drawn } from './draw.js'
import type { SampleDiffusionOptions } from './options.js'
import { pictureOf, picturePng, reverseGif } from './pictures.js'
import { walkDown } from './sampler.js'

const usage = failure('usage')

/** The class of each sample. Left: the model has no such class, or none at all. */
const classesOf = (
  model: DiffusionModel,
  { class: wanted, guidance }: SampleDiffusionOptions,
  count: number,
): Either<Failure, readonly number[] | undefined> => {
  const { classes } = model.architecture
  if (classes === 0)
    return typeof wanted === 'number' || guidance !== 1
      ? E.left(usage('The model is told no classes: --class and --guidance are for models that are.'))
      : E.right(undefined)
  if (wanted === 'all') return E.right(everyClass(model, count))
  if (wanted === 'none' && guidance !== 1)
    return E.left(usage('--guidance goes towards a class, and --class is none.'))
  if (wanted !== 'none' && wanted >= classes)
    return E.left(usage(`--class is ${wanted}; the model has the classes 0 to ${classes - 1}.`))
  return E.right(Array.from({ length: count }, () => (wanted === 'none' ? classes : wanted)))
}

const usualSteps = 50
const defaultCount = { points: 10_000, unet: 100 }
const defaultThreshold = { points: 'none', unet: 'static' } as const

const csv = (points: Float32Array): string =>
  `x,y\n${Array.from({ length: points.length / 2 }, (_, i) => `${points[2 * i]},${points[2 * i + 1]}\n`).join('')}`

const writeAll = (out: string, drawn: Drawn): TaskEither<Failure, readonly string[]> => {
  const files: readonly (readonly [string, Uint8Array | string])[] = [
    ['samples.png', picturePng(pictureOf(drawn))],
    ...(drawn.kind === 'points' ? [['points.csv', csv(drawn.samples)] as const] : []),
    ['reverse.gif', reverseGif(drawn)],
  ]
  return pipe(
    files,
    TE.traverseSeqArray(([name, content]) => writeWhole(join(out, name), content)),
    TE.map(() => files.map(([name]) => name)),
  )
}

/** Right: the exit code. What was written goes to the standard output. */
export const sampleDiffusionCommand = (options: SampleDiffusionOptions): TaskEither<Failure, number> =>
  pipe(
    readTrained(options.checkpoint),
    TE.bindTo('checkpoint'),
    TE.bind('drawing', ({ checkpoint }) => {
      const { denoiser: model } = checkpoint.about
      const { kind } = model.architecture
      const steps = options.steps ?? Math.min(usualSteps, model.length)
      const count = options.count ?? defaultCount[kind]
      const { seed, guidance, average } = options
      return TE.fromEither(
        pipe(
          options.threshold !== undefined && options.threshold !== 'none' && kind === 'points'
            ? E.left(usage('--threshold is for images: points have no black and white.'))
            : walkDown(denoisingOf(model).process)({ ...options, steps }),
          E.chain(walk =>
            pipe(
              classesOf(model, options, count),
              E.map(classes => ({
                ...walk,
                ...{ count, seed, classes, guidance, average, frames: true },
                threshold: options.threshold ?? defaultThreshold[kind],
              })),
            ),
          ),
        ),
      )
    }),
    TE.chainFirst(() => prepareOutput(options.out)),
    TE.chain(({ checkpoint, drawing }) =>
      pipe(
        drawSamples(backendOf(options))(checkpoint, drawing),
        TE.chain(drawn => writeAll(options.out, drawn)),
        TE.map(files => {
          process.stdout.write(
            `${plural(drawing.count, 'sample')} by ${options.sampler} in ${plural(drawing.path.length - 1, 'step')}\n${options.out}: ${files.join(', ')}\n`,
          )
          return 0
        }),
      ),
    ),
  )
