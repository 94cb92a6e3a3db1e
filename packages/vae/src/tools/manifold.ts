import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { arange, constant, type Backend, type BackendError, mul, add, ndarray } from '@elbo/tensor'
import { Normal } from '@elbo/distributions'
import { evaluateOn } from '@elbo/train'
import { decodeCodes } from './sample.js'
import { held, rowValues, type RowValues, type TrainedModel } from './trained.js'

/** The normal distribution's quantiles of ½/n, 1½/n, …: n points of equal probability. */
export const normalQuantiles =
  (backend: Backend) =>
  (count: number): TaskEither<BackendError, readonly number[]> => {
    const standard = Normal({ loc: constant(ndarray([0], [1])), scale: 1 })
    const shares = pipe(arange(count), add(0.5), mul(1 / count))
    return pipe(
      evaluateOn(backend)(standard.icdf(shares)),
      TE.map(({ data }) => Array.from(data)),
    )
  }

export interface ManifoldOptions {
  /** Pictures along each side. */
  readonly size: number
  /** The coordinates of z that are shown where it has more than two; the others stay at 0. */
  readonly dimensions?: readonly [across: number, upward: number]
}

/**
 * What a code of two coordinates stands for (Kingma and Welling 2014, appendix A): pictures at a grid of quantiles of the normal distribution, so
 * that equal areas of the picture are equally likely. Row by row from the top; the first coordinate grows to the right, the second upwards.
 * @throws RangeError unless z has two coordinates, or two are named
 */
export const manifold =
  (backend: Backend) =>
  <A>(
    trained: TrainedModel<A>,
    { size, dimensions }: ManifoldOptions,
  ): TaskEither<BackendError, RowValues> => {
    const [latent] = trained.vae.prior(held(trained))(1).eventShape
    const [across, upward] = dimensions ?? [0, 1]
    if (dimensions === undefined && latent !== 2)
      throw new RangeError(`manifold: z has ${latent} dimensions: name the two to be shown`)
    if ([across, upward].some(n => !Number.isSafeInteger(n) || n < 0 || n >= latent) || across === upward)
      throw new RangeError(`manifold: dimensions ${across} and ${upward} of ${latent}`)
    return pipe(
      normalQuantiles(backend)(size),
      TE.map(quantiles =>
        rowValues(
          quantiles.toReversed().flatMap(y =>
            quantiles.map(x => {
              const code = new Float32Array(latent)
              code[across] = x
              code[upward] = y
              return code
            }),
          ),
          latent,
        ),
      ),
      TE.chain(codes => decodeCodes(backend)(trained, codes)),
    )
  }
