import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  eq,
  expandDims,
  foldIn,
  full,
  key,
  logSumExp,
  spec,
  where,
  type Backend,
  type BackendError,
  type NDArray,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import type { Rows } from '@elbo/nn'
import { logSumExp as logSumExpOf, meanOf } from './estimate.js'
import {
  batchesOf,
  counted,
  inOrder,
  numbersOf,
  withProgram,
  type Batch,
  type PerExample,
  type RowValues,
  type TrainedModel,
} from './trained.js'

/** A number between two others. */
export interface Bounds {
  readonly lower: number
  readonly upper: number
}

/** What the mean divergence consists of (Hoffman and Johnson 2016), in nats: rate = mutualInformation + aggregate. */
export interface Information {
  /** ln q(z | x) − ln P(z) in the mean over the examples, with one draw each. */
  readonly rate: number
  /** I(x; z) under q. The lower bound is never above the logarithm of the number of examples. */
  readonly mutualInformation: Bounds
  /** KL[q(z) ‖ P(z)] of the aggregate posterior. */
  readonly aggregate: Bounds
}

type Real = Tensor<Shape>
type Density = (z: Real) => Real

const places = ({ index, rows, full: count }: Batch): NDArray<readonly [number], 'i32'> => {
  const [size] = rows.shape
  return {
    shape: [size],
    dtype: 'i32',
    data: Int32Array.from({ length: size }, (_, i) => (i < count ? index * size + i : -1)),
  }
}

/**
 * The parts of the mean divergence as `aggregateTerms` of `@elbo/elbo` estimates them, of a whole set instead of a batch: the code of every example,
 * one draw of q(z | x), under the posteriors of all examples, block by block in constant memory.
 * @throws RangeError unless there are two examples
 */
export const information =
  (backend: Backend) =>
  <A>(
    trained: TrainedModel<A>,
    x: RowValues,
    {
      batch = 250,
      seed = 0,
      progress = () => undefined,
    }: {
      readonly batch?: number
      readonly seed?: number
      readonly progress?: (done: number, total: number) => void
    } = {},
  ): TaskEither<BackendError, Information> => {
    const [count, width] = x.shape
    if (count < 2) throw new RangeError(`information: ${count} examples: two at least`)
    const size = Math.min(batch, count)
    const batches = batchesOf(x, size)
    const { vae } = trained
    const [latent] = vae.prior(trained.parameters as A)(1).eventShape
    const codes = withProgram(
      trained,
      { x: spec([size, width]), batch: spec([], 'u32') },
      (parameters, given) => {
        const q = vae.encode(parameters)(given.x)
        const z: Rows<number> = q.sample()(foldIn(given.batch)(key(seed)))
        return {
          z,
          own: (q.logProb as unknown as Density)(z) as PerExample,
          prior: (vae.prior(parameters)(size).logProb as unknown as Density)(z) as PerExample,
        }
      },
      step =>
        inOrder(batches, ({ index, rows, full: used }) =>
          pipe(
            step({ x: rows, batch: counted(index) }),
            TE.map(({ z, own, prior }) => ({
              z,
              own: numbersOf(own, used),
              prior: numbersOf(prior, used),
            })),
          ),
        ),
    )
    /** ln Σ q(z | xₘ) over the examples of a block but the own one. */
    const others = (drawn: readonly { readonly z: RowValues }[]) =>
      withProgram(
        trained,
        {
          x: spec([size, width]),
          z: spec([size, latent]),
          of: spec([size], 'i32'),
          among: spec([size], 'i32'),
        },
        (parameters, given) => {
          const q = vae.encode(parameters)(given.x)
          const all = (q.logProb as unknown as Density)(expandDims(1)(given.z))
          const among = expandDims(0)(given.among) as Tensor<Shape, 'i32'>
          const isOwn = eq(among)(expandDims(1)(given.of) as Tensor<Shape, 'i32'>)
          const isNone = eq(full([1, 1], -1, 'i32') as Tensor<Shape, 'i32'>)(among)
          const never = full([1, 1], -Infinity) as Real
          const counting = pipe(isOwn, where(never, all), rest => where(never, rest)(isNone))
          return { total: logSumExp(1)(counting as Rows<number>) as Tensor as PerExample }
        },
        step =>
          inOrder(batches, own =>
            pipe(
              inOrder(batches, block =>
                pipe(
                  step({
                    x: block.rows,
                    z: drawn[batches.indexOf(own)].z,
                    of: places(own),
                    among: places(block),
                  }),
                  TE.map(({ total }) => numbersOf(total, own.full)),
                ),
              ),
              TE.map(parts => {
                progress(own.index * size + own.full, count)
                return Array.from({ length: own.full }, (_, i) => logSumExpOf(parts.map(part => part[i])))
              }),
            ),
          ),
      )
    return pipe(
      codes(backend),
      TE.chain(drawn =>
        pipe(
          others(drawn)(backend),
          TE.map(totals => {
            const own = drawn.flatMap(part => part.own)
            const prior = drawn.flatMap(part => part.prior)
            const rest = totals.flat()
            const rate = meanOf(own.map((value, i) => value - prior[i]))
            const lower = meanOf(
              own.map((value, i) => value - logSumExpOf([value, rest[i]]) + Math.log(count)),
            )
            const upper = meanOf(own.map((value, i) => value - rest[i] + Math.log(count - 1)))
            return {
              rate,
              mutualInformation: { lower, upper },
              aggregate: { lower: rate - upper, upper: rate - lower },
            }
          }),
        ),
      ),
    )
  }
