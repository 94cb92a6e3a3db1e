import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { key, type Backend, type BackendError } from '@elbo/tensor'
import { sandwich, type Program, type Sites } from '@elbo/elbo'
import type { Rows } from '@elbo/nn'
import { estimateOf, type Estimate } from './estimate.js'
import { numbersOf, withProgram, type PerExample, type TrainedModel } from './trained.js'

export interface SandwichedOptions {
  /** Examples that the model draws: 50 unless told. */
  readonly examples?: number
  /** Draws of the importance-weighted bound: 200 unless told. */
  readonly draws?: number
  /** Densities on the way from the posterior to q, each with a move of Hamiltonian dynamics: 200 unless told. */
  readonly levels?: number
  /** Of that move: 0.1 unless told. */
  readonly stepSize?: number
  readonly seed?: number
}

/** Bounds of the mean of ln P(x) on either side, over examples that the model itself drew. In nats. */
export interface Sandwiched {
  readonly examples: number
  readonly lower: Estimate
  readonly upper: Estimate
  /** The upper bound less the lower one, of each example. */
  readonly width: Estimate
}

/** How far the importance-weighted bound is from ln P(x), by `sandwich` of `@elbo/elbo` (Grosse et al. 2015). */
export const sandwiched =
  (backend: Backend) =>
  <A>(
    trained: TrainedModel<A>,
    { examples = 50, draws = 200, levels = 200, stepSize = 0.1, seed = 0 }: SandwichedOptions = {},
  ): TaskEither<BackendError, Sandwiched> => {
    const { vae } = trained
    return pipe(
      backend,
      withProgram(
        trained,
        {},
        parameters => {
          const program = vae.model(parameters, examples) as unknown as Program<Sites, unknown>
          const found = sandwich(program, {
            observed: ['x'],
            guide: values => vae.guide(parameters, (values as unknown as { readonly x: Rows<number> }).x),
            draws,
            levels,
            stepSize,
          })(key(seed))
          return { lower: found.lower as unknown as PerExample, upper: found.upper as unknown as PerExample }
        },
        step => step({}),
      ),
      TE.map(({ lower, upper }) => {
        const [below, above] = [numbersOf(lower, examples), numbersOf(upper, examples)]
        return {
          examples,
          lower: estimateOf(below),
          upper: estimateOf(above),
          width: estimateOf(above.map((value, i) => value - below[i])),
        }
      }),
    )
  }
