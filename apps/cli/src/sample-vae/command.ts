import { join } from 'node:path'
import { gatherImages, type FashionMnist } from '@elbo/datasets'
import type { Backend, BackendError } from '@elbo/tensor'
import { makeFolder } from '@elbo/train/node'
import {
  evenly,
  interpolate,
  linear,
  manifold,
  observe,
  priorSamples,
  rowValues,
  spherical,
  trainedModel,
  traverse,
  type ClassNumbers,
  type ImageParameters,
  type RowValues,
  type TrainedModel,
  type VaeCheckpoint,
} from '@elbo/vae'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { failure, reasonOf, type Failure } from '../failure.js'
import { bytesOf, gridPng, type GridLayout } from '../pictures/image-grid.js'
import { imagesFor, readTrained } from '../trained-vae/checkpoint.js'
import { backendOf } from '../training/command.js'
import { backendFailure } from '../training/failures.js'
import { writeWhole } from '../training/output-folder.js'
import type { SampleVaeOptions } from './options.js'

/** A picture file: its name, its pictures as rows of intensities, and how many stand side by side. */
interface Sheet {
  readonly name: string
  readonly pictures: TaskEither<BackendError, RowValues>
  readonly columns: number
  readonly gutter?: number
}

const steps = 10
/** Standard deviations of the prior: all but a few codes lie between. */
const furthest = 3

type Trained = TrainedModel<ImageParameters>

const rowAt = ({ shape: [, width], data }: RowValues, at: number): Float32Array =>
  Float32Array.from(data.subarray(at * width, (at + 1) * width))

/** From the n-th test image to the n-th after them. */
const paths = (
  backend: Backend,
  trained: Trained,
  dataset: FashionMnist,
  { interpolate: pairs = 0, path }: SampleVaeOptions,
): Sheet => ({
  name: 'interpolations.png',
  columns: steps,
  pictures: pipe(
    observe(backend)(trained.pixels, firstOf(dataset, 2 * pairs)),
    TE.chain(x => {
      const half = (from: number): RowValues =>
        rowValues(
          Array.from({ length: pairs }, (_, i) => rowAt(x, from + i)),
          x.shape[1],
        )
      return interpolate(backend)(trained, [half(0), half(pairs)], {
        steps,
        path: path === 'linear' ? linear : spherical,
      })
    }),
  ),
})

const firstOf = ({ test }: FashionMnist, wanted: number) => {
  const [count, height, width] = test.images.shape
  const taken = Math.min(count, wanted)
  const images = {
    ...test.images,
    shape: [taken, height, width] as const,
    data: test.images.data.subarray(0, taken * height * width),
  }
  return { ...images, gather: (indices: ArrayLike<number>) => gatherImages(indices)(images) }
}

/** A row for each dimension: the code of the first test image, with that coordinate from one end of the prior to the other. */
const traversals = (
  backend: Backend,
  trained: Trained,
  dataset: FashionMnist,
  dimensions: readonly number[],
): Sheet => ({
  name: 'traversals.png',
  columns: steps,
  pictures: pipe(
    observe(backend)(trained.pixels, firstOf(dataset, 1)),
    TE.chain(x =>
      pipe(
        dimensions,
        TE.traverseSeqArray(dimension =>
          traverse(backend)(trained, x, { dimension, values: evenly(-furthest, furthest, steps) }),
        ),
      ),
    ),
    TE.map(rows =>
      rowValues(
        rows.flatMap(row => Array.from({ length: steps }, (_, i) => rowAt(row, i))),
        rows[0].shape[1],
      ),
    ),
  ),
})

const asRows =
  (pixels: number) =>
  ({
    shape: [count],
    data,
  }: {
    readonly shape: readonly [number, ...number[]]
    readonly data: Float32Array
  }): RowValues => ({
    shape: [count, pixels],
    dtype: 'f32',
    data,
  })

/** Why a picture that is asked for cannot be made of this model. */
const unfit = (
  { about, file }: VaeCheckpoint,
  {
    traverse: dimensions,
    manifold: size,
    dimensions: shown,
    interpolate: pairs,
    class: wanted,
  }: SampleVaeOptions,
): string | undefined => {
  const { latent, model } = about.configuration
  const asked = [
    ...(pairs === undefined ? [] : ['--interpolate']),
    ...(dimensions === undefined ? [] : ['--traverse']),
    ...(size === undefined ? [] : ['--manifold']),
  ]
  if (asked.length > 0 && model.kind !== 'vae')
    return `${asked.join(', ')}: ${file} is a model of the kind ${model.kind}; this is for those of the kind vae.`
  if (wanted !== undefined && model.kind !== 'conditional')
    return `--class: ${file} is a model of the kind ${model.kind}; this is for those of the kind conditional.`
  if (wanted !== undefined && model.kind === 'conditional' && wanted >= model.classes)
    return `--class is ${wanted}; ${file} has the classes 0 to ${model.classes - 1}.`
  const stray = [...(dimensions === 'all' ? [] : (dimensions ?? [])), ...(shown ?? [])].find(d => d >= latent)
  if (stray !== undefined)
    return `There is no dimension ${stray}: z of ${file} has ${latent}, counted from 0.`
  return size !== undefined && shown === undefined && latent !== 2
    ? `--manifold: z of ${file} has ${latent} dimensions. Name the two to be shown with --dimensions.`
    : undefined
}

/** How many pictures of the prior stand side by side: those of one class, where there are equal parts of each. */
const columnsOf = (
  { model }: VaeCheckpoint['about']['configuration'],
  { count, class: wanted }: SampleVaeOptions,
): number =>
  model.kind === 'conditional' && wanted === undefined && count % model.classes === 0
    ? count / model.classes
    : Math.min(count, Math.max(10, Math.ceil(Math.sqrt(count))))

/** As many labels of one class as pictures; `undefined` where each class is drawn, or there are none. */
const labelsOf = ({ count, class: wanted }: SampleVaeOptions): ClassNumbers | undefined =>
  wanted === undefined
    ? undefined
    : { shape: [count], dtype: 'i32', data: new Int32Array(count).fill(wanted) }

const sheetsOf = (
  backend: Backend,
  { about, state }: VaeCheckpoint,
  dataset: FashionMnist | undefined,
  options: SampleVaeOptions,
): readonly Sheet[] => {
  const { configuration } = about
  const { parameters } = state
  const [height, width] = configuration.image
  const samples: Sheet = {
    name: 'samples.png',
    columns: columnsOf(configuration, options),
    pictures: pipe(
      priorSamples(backend)({ configuration, parameters }, options.seed, options.count, labelsOf(options)),
      TE.map(asRows(height * width)),
    ),
  }
  const trained = trainedModel({ configuration, parameters })
  if (trained === undefined) return [samples]
  const { traverse: dimensions, manifold: size, dimensions: shown } = options
  const all = Array.from({ length: configuration.latent }, (_, i) => i)
  return [
    samples,
    ...(dataset === undefined || options.interpolate === undefined
      ? []
      : [paths(backend, trained, dataset, options)]),
    ...(dataset === undefined || dimensions === undefined
      ? []
      : [traversals(backend, trained, dataset, dimensions === 'all' ? all : dimensions)]),
    ...(size === undefined
      ? []
      : [
          {
            name: 'manifold.png',
            columns: size,
            gutter: 0,
            pictures: manifold(backend)(trained, {
              size,
              ...(shown === undefined ? {} : { dimensions: shown }),
            }),
          },
        ]),
  ]
}

const layoutOf = ({ columns, gutter = 2 }: Sheet): GridLayout => ({ columns, scale: 1, gutter })

/** Right: the exit code. The names of the files go to the standard output. */
export const sampleVaeCommand = (options: SampleVaeOptions): TaskEither<Failure, number> =>
  pipe(
    TE.Do,
    TE.apS('checkpoint', readTrained(options.checkpoint)),
    TE.chainFirst(({ checkpoint }) => {
      const why = unfit(checkpoint, options)
      return why === undefined ? TE.right(undefined) : TE.left(failure('usage')(why))
    }),
    TE.bind('dataset', ({ checkpoint }) =>
      options.interpolate === undefined && options.traverse === undefined
        ? TE.right(undefined)
        : imagesFor(checkpoint, options.data),
    ),
    TE.bind('backend', () => pipe(backendOf(options), TE.mapLeft(backendFailure))),
    TE.chainFirst(() =>
      TE.tryCatch(
        () => makeFolder(options.out),
        error =>
          failure('cannotCreate')(`The output folder ${options.out} cannot be made: ${reasonOf(error)}.`),
      ),
    ),
    TE.chain(({ checkpoint, dataset, backend }) => {
      const [height, width] = checkpoint.about.configuration.image
      return pipe(
        sheetsOf(backend, checkpoint, dataset, options),
        TE.traverseSeqArray(sheet =>
          pipe(
            sheet.pictures,
            TE.mapLeft(backendFailure),
            TE.chain(({ data }) =>
              writeWhole(
                join(options.out, sheet.name),
                gridPng({ data: bytesOf(data), height, width }, layoutOf(sheet)),
              ),
            ),
            TE.map(() => sheet.name),
          ),
        ),
      )
    }),
    TE.map(names => {
      process.stdout.write(`${options.out}: ${names.join(', ')}\n`)
      return 0
    }),
  )
