import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  exp,
  foldIn,
  key,
  log,
  mul,
  spec,
  split,
  type Backend,
  type BackendError,
  type Key,
} from '@elbo/tensor'
import { Normal, toEvent } from '@elbo/distributions'
import { condition, draw, elbo, refine } from '@elbo/elbo'
import type { Rows } from '@elbo/nn'
import {
  batchesOf,
  counted,
  inOrder,
  numbersOf,
  withProgram,
  type PerExample,
  type RowValues,
  type TrainedModel,
} from './trained.js'

export interface RefinementOptions {
  /** Steps of gradient ascent: 500 unless told. */
  readonly steps?: number
  /** The size of the first: 0.02 unless told. */
  readonly rate?: number
  /** Draws by which both bounds are measured: 100 unless told. */
  readonly draws?: number
  /** Examples in one run of the program: 100 unless told. */
  readonly batch?: number
  readonly seed?: number
  readonly progress?: (done: number, total: number) => void
}

/** Of each example, in nats. */
export interface RefinedBounds {
  /** The bound of the encoder's q(z | x). */
  readonly amortised: readonly number[]
  /** The bound of the best normal distribution with independent coordinates that was found for this example alone. */
  readonly refined: readonly number[]
}

interface Posterior {
  readonly mean: Rows<number>
  readonly logScale: Rows<number>
}

const guideOf = ({ mean, logScale }: Posterior) =>
  draw('z', pipe(Normal({ loc: mean, scale: exp(logScale) }), toEvent(1)))

/**
 * What the bound gains when each example's posterior is made the best of its family instead of what the encoder says (Cremer et al. 2018): means and
 * scales begin at the encoder's moments and ascend the bound. Both bounds are measured by the same draws.
 */
export const refinedBounds =
  (backend: Backend) =>
  <A>(
    { vae, ...trained }: TrainedModel<A>,
    x: RowValues,
    {
      steps = 500,
      rate = 0.02,
      draws = 100,
      batch = 100,
      seed = 0,
      progress = () => undefined,
    }: RefinementOptions = {},
  ): TaskEither<BackendError, RefinedBounds> => {
    const [count, width] = x.shape
    const size = Math.min(batch, count)
    return pipe(
      backend,
      withProgram(
        { vae, ...trained },
        { x: spec([size, width]), batch: spec([], 'u32') },
        (parameters, given) => {
          const [forSteps, forBounds] = split(foldIn(given.batch)(key(seed)), 2) as readonly [Key, Key]
          const observed = condition({ x: given.x })(vae.model(parameters, size) as never)
          const boundOf = (posterior: Posterior, count: number, fresh: Key): PerExample =>
            elbo(guideOf(posterior), { draws: count })(observed as never)(fresh).elbo
          const q = vae.encode(parameters)(given.x)
          const encoded: Posterior = { mean: q.mean(), logScale: mul(0.5)(log(q.variance())) }
          const best = refine((posterior: Posterior, fresh: Key) => boundOf(posterior, 1, fresh), {
            steps,
            rate,
          })(encoded)(forSteps)
          return {
            amortised: boundOf(encoded, draws, forBounds),
            refined: boundOf(best, draws, forBounds),
          }
        },
        step =>
          inOrder(batchesOf(x, size), ({ index, rows, full }) =>
            pipe(
              step({ x: rows, batch: counted(index) }),
              TE.map(({ amortised, refined }) => {
                progress(index * size + full, count)
                return { amortised: numbersOf(amortised, full), refined: numbersOf(refined, full) }
              }),
            ),
          ),
      ),
      TE.map(parts => ({
        amortised: parts.flatMap(({ amortised }) => amortised),
        refined: parts.flatMap(({ refined }) => refined),
      })),
    )
  }
