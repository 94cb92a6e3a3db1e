import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { foldIn, key, spec, type Backend, type BackendError, type NDArray } from '@elbo/tensor'
import { estimateOf, meanOf, type Estimate } from './estimate.js'
import { batchesOf, counted, inOrder, withProgram, type RowValues, type TrainedModel } from './trained.js'

export interface LogLikelihoodOptions {
  /** k, the draws for each example. */
  readonly samples: number
  /** Draws in one run of the program, at most: 100 unless told. Memory grows with it. */
  readonly block?: number
  /** Examples in one run of the program: 100 unless told. */
  readonly batch?: number
  readonly seed?: number
  /** Told after every run of the program: examples times draws. */
  readonly progress?: (done: number, total: number) => void
}

export interface LogLikelihood {
  /** Of each example, in nats. */
  readonly values: readonly number[]
  /** Of each value as an estimate of ln P(x), from the spread of its weights. */
  readonly standardErrors: readonly number[]
  /** (Σ w)²/Σ w² of each, from 1 to k. */
  readonly effectiveSampleSizes: readonly number[]
  /** Of the mean over examples, the standard error counting that there might have been others. */
  readonly overExamples: Estimate
  /** What the mean of these examples may be off because the draws are so many and no more. */
  readonly simulationError: number
}

/** Σ w and Σ w² of weights that are known by their logarithms, each in terms of the largest. */
interface Sums {
  most: number
  first: number
  second: number
}

const none = (): Sums => ({ most: -Infinity, first: 0, second: 0 })

const add = (sums: Sums, logWeight: number): void => {
  if (logWeight > sums.most) {
    const shrink = Math.exp(sums.most - logWeight)
    sums.first *= shrink
    sums.second *= shrink * shrink
    sums.most = logWeight
  }
  const weight = Math.exp(logWeight - sums.most)
  sums.first += weight
  sums.second += weight * weight
}

/**
 * What the weights of k draws say: ln (1/k) Σ w; its standard error by the delta method, √(Var[w]/k)/E[w]; and (Σ w)²/Σ w².
 */
const told = ({ most, first, second }: Sums, k: number) => ({
  value: most + Math.log(first / k),
  standardError: Math.sqrt(Math.max(0, (k * second) / (first * first) - 1) / (k - 1)),
  effectiveSampleSize: (first * first) / second,
})

const requirePositive = (options: Readonly<Record<string, number>>): void => {
  for (const [name, value] of Object.entries(options))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`logLikelihood: ${name} is ${value}: it is a positive integer`)
}

/**
 * ln P(x) of each row of pixels by importance sampling from q(z | x) (Burda et al. 2016, section 5): ln (1/k) Σ P(x, zᵢ)/q(zᵢ | x), which is at most
 * ln P(x) in the mean. One program of `batch` examples and `block` draws runs again and again, and the host adds up its weights in double
 * precision, so that memory does not grow with k. One seed gives one result, whatever the backend's threads.
 * @throws RangeError unless the numbers are positive integers
 */
export const logLikelihood =
  (backend: Backend) =>
  <A>(
    trained: TrainedModel<A>,
    x: RowValues,
    { samples, block = 100, batch = 100, seed = 0, progress = () => undefined }: LogLikelihoodOptions,
  ): TaskEither<BackendError, LogLikelihood> => {
    requirePositive({ samples, block, batch })
    const [count, width] = x.shape
    const [size, draws] = [Math.min(batch, count), Math.min(block, samples)]
    const blocks = Array.from({ length: Math.ceil(samples / draws) }, (_, i) => i)
    const batches = batchesOf(x, size)
    const sums = Array.from({ length: count }, none)
    const take = (
      logWeights: NDArray<readonly [number, number], 'f32'>,
      { from, full, used }: { readonly from: number; readonly full: number; readonly used: number },
    ): void => {
      for (let draw = 0; draw < used; draw++)
        for (let i = 0; i < full; i++) add(sums[from + i], logWeights.data[draw * size + i])
    }
    return pipe(
      backend,
      withProgram(
        trained,
        { x: spec([size, width]), batch: spec([], 'u32'), block: spec([], 'u32') },
        (parameters, given) => {
          const fresh = pipe(key(seed), foldIn(given.batch), foldIn(given.block))
          return {
            logWeights: trained.vae.importance(parameters, given.x, { draws, gradient: 'none' })(fresh)
              .logWeights,
          }
        },
        step =>
          inOrder(batches, ({ index, rows, full }) =>
            inOrder(blocks, n =>
              pipe(
                step({ x: rows, batch: counted(index), block: counted(n) }),
                TE.map(({ logWeights }) => {
                  const used = Math.min(draws, samples - n * draws)
                  take(logWeights, { from: index * size, full, used })
                  progress(index * size * samples + full * (n * draws + used), count * samples)
                }),
              ),
            ),
          ),
      ),
      TE.map(() => {
        const each = sums.map(own => told(own, samples))
        const values = each.map(({ value }) => value)
        const standardErrors = each.map(({ standardError }) => standardError)
        return {
          values,
          standardErrors,
          effectiveSampleSizes: each.map(({ effectiveSampleSize }) => effectiveSampleSize),
          overExamples: estimateOf(values),
          simulationError: Math.sqrt(meanOf(standardErrors.map(error => error * error)) / count),
        }
      }),
    )
  }
