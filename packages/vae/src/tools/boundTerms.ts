import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { mul, spec, sum, type Backend, type BackendError, type Tensor } from '@elbo/tensor'
import { dimensionDivergences } from './divergences.js'
import { evaluationBatch } from '../training.js'
import { drawsOf } from './observe.js'
import {
  batchesOf,
  counted,
  inOrder,
  numbersOf,
  withProgram,
  type RowValues,
  type TrainedModel,
} from './trained.js'

/** The bound and its terms over a set of examples, in nats. */
export interface BoundTerms {
  /** Of each example. */
  readonly elbo: readonly number[]
  readonly reconstruction: readonly number[]
  readonly kl: readonly number[]
  /** The mean of KL[q(z_d | x) ‖ P(z_d)] for each coordinate; absent where the coordinates are not independent. */
  readonly dimensions?: readonly number[]
}

export interface BoundTermsOptions {
  /** Draws of z for each example: 1 unless told. */
  readonly draws?: number
  readonly seed?: number
  /** Told after every batch: examples. */
  readonly progress?: (done: number, total: number) => void
}

const perDimension = (
  divergences: Tensor<readonly [number, number], 'f32'> | undefined,
  weight: Tensor<readonly [number, number], 'f32'>,
): { readonly dimensions?: Tensor<readonly [number], 'f32'> } =>
  divergences === undefined ? {} : { dimensions: pipe(divergences, mul(weight), sum(0)) as Tensor as never }

/** The evidence lower bound of each row of pixels and its terms, with the draws that an evaluation in training makes. */
export const boundTerms =
  (backend: Backend) =>
  <A>(
    trained: TrainedModel<A>,
    x: RowValues,
    { draws = 1, seed = 0, progress = () => undefined }: BoundTermsOptions = {},
  ): TaskEither<BackendError, BoundTerms> => {
    const [count, width] = x.shape
    const size = Math.min(evaluationBatch, count)
    const batches = batchesOf(x, size)
    const { vae } = trained
    return pipe(
      backend,
      withProgram(
        trained,
        { x: spec([size, width]), weight: spec([size, 1]), batch: spec([], 'u32') },
        (parameters, given) => {
          const { elbo, reconstruction, kl } = vae.bound(parameters, given.x, { draws })(
            drawsOf(given.batch, seed)[1],
          )
          const divergences = dimensionDivergences(
            vae.encode(parameters)(given.x),
            vae.prior(parameters)(size),
          )
          return { elbo, reconstruction, kl, ...perDimension(divergences, given.weight) }
        },
        step =>
          inOrder(batches, ({ index, rows, full }) =>
            pipe(
              step({
                x: rows,
                weight: {
                  shape: [size, 1],
                  dtype: 'f32',
                  data: Float32Array.from({ length: size }, (_, i) => (i < full ? 1 : 0)),
                },
                batch: counted(index),
              }),
              TE.map(found => {
                progress(index * size + full, count)
                return {
                  elbo: numbersOf(found.elbo, full),
                  reconstruction: numbersOf(found.reconstruction, full),
                  kl: numbersOf(found.kl, full),
                  dimensions:
                    found.dimensions === undefined
                      ? undefined
                      : numbersOf(found.dimensions, found.dimensions.data.length),
                }
              }),
            ),
          ),
      ),
      TE.map(parts => {
        const sums = parts[0].dimensions?.map((_, d) =>
          parts.reduce((total, { dimensions = [] }) => total + dimensions[d], 0),
        )
        return {
          elbo: parts.flatMap(({ elbo }) => elbo),
          reconstruction: parts.flatMap(({ reconstruction }) => reconstruction),
          kl: parts.flatMap(({ kl }) => kl),
          ...(sums === undefined ? {} : { dimensions: sums.map(total => total / count) }),
        }
      }),
    )
  }
