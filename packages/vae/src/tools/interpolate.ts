import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backend, BackendError } from '@elbo/tensor'
import { encodeMeans } from './embed.js'
import { decodeCodes } from './sample.js'
import { eachRow, rowValues, type RowValues, type TrainedModel } from './trained.js'

/** The point of a path from one code to another at t from 0 to 1. */
export type Path = (from: ArrayLike<number>, to: ArrayLike<number>) => (t: number) => readonly number[]

const mixture = (from: ArrayLike<number>, to: ArrayLike<number>, a: number, b: number): readonly number[] =>
  Array.from(from, (x, i) => a * x + b * to[i])

/** The straight line. */
export const linear: Path = (from, to) => t => mixture(from, to, 1 - t, t)

const norm = (x: ArrayLike<number>): number => Math.hypot(...Array.from(x))

/**
 * The great circle (Shoemake 1985), with the length changing evenly from one code's to the other's. Draws of Norm[0, I] in many dimensions have
 * nearly one length, which the middle of a straight line falls short of. Codes in one or in opposite directions, and 0, have no circle: their
 * path is the line.
 */
export const spherical: Path = (from, to) => {
  const [a, b] = [norm(from), norm(to)]
  const cosine = Array.from(from).reduce((sum, x, i) => sum + x * to[i], 0) / (a * b)
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)))
  const sine = Math.sin(angle)
  if (!(sine > 1e-6)) return linear(from, to)
  return t => {
    const length = (1 - t) * a + t * b
    return mixture(
      from,
      to,
      ((Math.sin((1 - t) * angle) / sine) * length) / a,
      ((Math.sin(t * angle) / sine) * length) / b,
    )
  }
}

/** So many points of a path, its ends among them. @throws RangeError unless there are two at least */
export const pointsOf = (
  path: Path,
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  steps: number,
): readonly (readonly number[])[] => {
  if (!Number.isSafeInteger(steps) || steps < 2)
    throw new RangeError(`interpolate: ${steps} steps: two at least, which are the ends`)
  const at = path(from, to)
  return Array.from({ length: steps }, (_, i) => at(i / (steps - 1)))
}

export interface InterpolationOptions {
  /** Pictures of each path, its ends among them. */
  readonly steps: number
  /** `spherical` by default. */
  readonly path?: Path
}

/** From the n-th row of one set of pixels to the n-th of the other, between the means of their codes: the pictures of one path after the other. */
export const interpolate =
  (backend: Backend) =>
  <A>(
    trained: TrainedModel<A>,
    [from, to]: readonly [RowValues, RowValues],
    { steps, path = spherical }: InterpolationOptions,
  ): TaskEither<BackendError, RowValues> => {
    if (from.shape[0] !== to.shape[0])
      throw new RangeError(`interpolate: from ${from.shape[0]} rows to ${to.shape[0]}`)
    return pipe(
      TE.Do,
      TE.apS('a', encodeMeans(backend)(trained, from)),
      TE.apS('b', encodeMeans(backend)(trained, to)),
      TE.map(({ a, b }) => {
        const ends = eachRow(b)
        return rowValues(
          eachRow(a).flatMap((row, i) => pointsOf(path, row, ends[i], steps)),
          a.shape[1],
        )
      }),
      TE.chain(codes => decodeCodes(backend)(trained, codes)),
    )
  }
