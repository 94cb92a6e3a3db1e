import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { spec, type Backend, type BackendError } from '@elbo/tensor'
import { batchesOf, inOrder, withProgram, type RowValues, type TrainedModel } from './trained.js'

/** Where the examples of a set lie among the codes. */
export interface Embedding {
  /** Of q(z | x), one row for each example. */
  readonly means: RowValues
  readonly variances: RowValues
  /** The examples' classes, as they were given. */
  readonly labels?: ArrayLike<number>
}

export interface EmbeddingOptions {
  readonly labels?: ArrayLike<number>
  /** Examples in a batch: 1,000 unless told. */
  readonly batch?: number
}

const joined = (parts: readonly RowValues[], fulls: readonly number[]): RowValues => {
  const [, width] = parts[0].shape
  const count = fulls.reduce((sum, full) => sum + full, 0)
  const data = new Float32Array(count * width)
  let from = 0
  parts.forEach((part, i) => {
    data.set(part.data.subarray(0, fulls[i] * width), from)
    from += fulls[i] * width
  })
  return { shape: [count, width], dtype: 'f32', data }
}

/**
 * The moments of q(z | x) for each row of pixels of a set, in batches.
 * @throws RangeError where there is not one label for each
 */
export const embed =
  (backend: Backend) =>
  <A>(
    trained: TrainedModel<A>,
    x: RowValues,
    { labels, batch = 1000 }: EmbeddingOptions = {},
  ): TaskEither<BackendError, Embedding> => {
    const [count, width] = x.shape
    if (labels !== undefined && labels.length !== count)
      throw new RangeError(`embed: ${labels.length} labels for ${count} examples`)
    const size = Math.min(batch, count)
    const batches = batchesOf(x, size)
    const fulls = batches.map(({ full }) => full)
    return pipe(
      backend,
      withProgram(
        trained,
        { x: spec([size, width]) },
        (parameters, given) => {
          const q = trained.vae.encode(parameters)(given.x)
          return { means: q.mean(), variances: q.variance() }
        },
        step => inOrder(batches, ({ rows }) => step({ x: rows })),
      ),
      TE.map(parts => ({
        means: joined(
          parts.map(({ means }) => means),
          fulls,
        ),
        variances: joined(
          parts.map(({ variances }) => variances),
          fulls,
        ),
        ...(labels === undefined ? {} : { labels }),
      })),
    )
  }

/** The means of q(z | x), one row for each row of pixels. */
export const encodeMeans =
  (backend: Backend) =>
  <A>(trained: TrainedModel<A>, x: RowValues): TaskEither<BackendError, RowValues> =>
    pipe(
      embed(backend)(trained, x),
      TE.map(({ means }) => means),
    )
