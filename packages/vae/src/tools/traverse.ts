import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backend, BackendError } from '@elbo/tensor'
import { encodeMeans } from './embed.js'
import { decodeCodes } from './sample.js'
import { eachRow, rowValues, type RowValues, type TrainedModel } from './trained.js'

export interface Traversal {
  /** Which coordinate of z, from 0. */
  readonly dimension: number
  /** What it becomes. */
  readonly values: readonly number[]
}

/** So many numbers from one to another, at equal distances. */
export const evenly = (from: number, to: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => (count === 1 ? from : from + ((to - from) * i) / (count - 1)))

/**
 * What one coordinate of z does: the code of each row of pixels, which is the mean of q(z | x), with that coordinate at each of the values. The
 * pictures of one row after the other.
 * @throws RangeError where z has no such coordinate
 */
export const traverse =
  (backend: Backend) =>
  <A>(
    trained: TrainedModel<A>,
    x: RowValues,
    { dimension, values }: Traversal,
  ): TaskEither<BackendError, RowValues> =>
    pipe(
      encodeMeans(backend)(trained, x),
      TE.map(codes => {
        const [, latent] = codes.shape
        if (!Number.isSafeInteger(dimension) || dimension < 0 || dimension >= latent)
          throw new RangeError(`traverse: dimension ${dimension} of ${latent}`)
        return rowValues(
          eachRow(codes).flatMap(code => values.map(value => code.with(dimension, value))),
          latent,
        )
      }),
      TE.chain(codes => decodeCodes(backend)(trained, codes)),
    )
