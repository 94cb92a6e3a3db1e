import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backend, BackendError } from '@elbo/tensor'
import { activeUnits } from './activeUnits.js'
import { boundTerms } from './boundTerms.js'
import { encodeMeans } from './embed.js'
import { estimateOf, meanOf, type Estimate } from './estimate.js'
import { information, type Information } from './information.js'
import { logLikelihood } from './logLikelihood.js'
import { refinedBounds } from './refined.js'
import { sandwiched, type Sandwiched } from './sandwiched.js'
import type { RowValues, TrainedModel } from './trained.js'

/** The parts of an evaluation, in their order. */
export type Part = 'bound' | 'information' | 'likelihood' | 'gaps' | 'sandwich'

export interface EvaluationOptions {
  /** Draws of z for the bound of each example: 1 unless told, which are those of an evaluation in training. */
  readonly draws?: number
  /** Draws for the importance-sampled log-likelihood: 200 unless told; 0 leaves it out, and the gaps with it. */
  readonly samples?: number
  /** How many of the examples the costly parts take: 1,000 unless told, or all where there are fewer. */
  readonly examples?: number
  /** How many of these have a posterior of their own refined: 100 unless told; 0 leaves the gaps out. */
  readonly refined?: number
  /** How many examples the model draws for the sandwich: 50 unless told; 0 leaves it out. */
  readonly sandwiched?: number
  readonly seed?: number
  readonly progress?: (part: Part, done: number, total: number) => void
}

/** All that a bound consists of and lacks, over a set of examples, in nats for each. */
export interface Decomposition {
  readonly bound: {
    readonly examples: number
    /** elbo = reconstruction − kl */
    readonly elbo: Estimate
    readonly reconstruction: Estimate
    readonly kl: Estimate
    /** −elbo = rate + distortion (Alemi et al. 2018): what codes cost, and what pixels cost when codes are known. */
    readonly rate: Estimate
    readonly distortion: Estimate
    /** `kl` by latent site. */
    readonly sites: { readonly z: Estimate }
    /** `kl` by coordinate of z; absent where the coordinates are not independent. */
    readonly dimensions?: readonly number[]
  }
  readonly units: {
    readonly latent: number
    /** The coordinates that tell examples apart (Burda et al. 2016). */
    readonly active: readonly number[]
  }
  readonly information: Information & { readonly examples: number }
  readonly likelihood?: {
    readonly examples: number
    readonly samples: number
    /** The importance-weighted bound of so many draws, an estimate of ln P(x). */
    readonly logLikelihood: Estimate
    /** What the mean of these examples may be off because the draws are so many and no more. */
    readonly simulationError: number
    readonly effectiveSampleSize: number
    /** The bound of the same examples. */
    readonly elbo: Estimate
  }
  /** What the bound lacks (Cremer et al. 2018). ln P(x) is the estimate above, which is too low if anything: so is the first gap. */
  readonly gaps?: {
    readonly examples: number
    readonly approximation: Estimate
    readonly amortisation: Estimate
    readonly total: Estimate
  }
  readonly sandwich?: Sandwiched
}

const first = ({ shape: [count, width], data }: RowValues, wanted: number): RowValues => {
  const taken = Math.min(wanted, count)
  return { shape: [taken, width], dtype: 'f32', data: data.subarray(0, taken * width) }
}

const opposite = ({ mean, standardError }: Estimate): Estimate => ({ mean: -mean, standardError })

const minus = (a: readonly number[], b: readonly number[]): readonly number[] =>
  a.map((value, i) => value - b[i])

/**
 * Parts the bound of a model over a set of examples, rows of observed pixels, into all that it consists of and lacks. Everything runs in batches, so
 * that memory does not grow with draws.
 */
export const evaluateVae =
  (backend: Backend) =>
  <A>(
    trained: TrainedModel<A>,
    x: RowValues,
    {
      draws = 1,
      samples = 200,
      examples = 1000,
      refined = 100,
      sandwiched: drawn = 50,
      seed = 0,
      progress = () => undefined,
    }: EvaluationOptions = {},
  ): TaskEither<BackendError, Decomposition> => {
    const some = first(x, examples)
    const few = first(x, Math.min(refined, some.shape[0]))
    const told = (part: Part) => (done: number, total: number) => {
      progress(part, done, total)
    }
    return pipe(
      TE.Do,
      TE.bind('terms', () => boundTerms(backend)(trained, x, { draws, seed, progress: told('bound') })),
      TE.bind('means', () => encodeMeans(backend)(trained, x)),
      TE.bind('information', () =>
        information(backend)(trained, some, { seed, progress: told('information') }),
      ),
      TE.bind('likelihood', () =>
        samples === 0
          ? TE.right(undefined)
          : logLikelihood(backend)(trained, some, { samples, seed, progress: told('likelihood') }),
      ),
      TE.bind('bounds', () =>
        refined === 0 || samples === 0
          ? TE.right(undefined)
          : refinedBounds(backend)(trained, few, { seed, progress: told('gaps') }),
      ),
      TE.bind('sandwich', () =>
        drawn === 0
          ? TE.right(undefined)
          : pipe(
              sandwiched(backend)(trained, {
                examples: drawn,
                seed,
                ...(samples === 0 ? {} : { draws: samples }),
              }),
              TE.chainFirstIOK(() => () => {
                progress('sandwich', drawn, drawn)
              }),
            ),
      ),
      TE.map(({ terms, means, information: parts, likelihood, bounds, sandwich }): Decomposition => {
        const kl = estimateOf(terms.kl)
        const evidence = likelihood?.values.slice(0, few.shape[0])
        return {
          bound: {
            examples: x.shape[0],
            elbo: estimateOf(terms.elbo),
            reconstruction: estimateOf(terms.reconstruction),
            kl,
            rate: kl,
            distortion: opposite(estimateOf(terms.reconstruction)),
            sites: { z: kl },
            ...(terms.dimensions === undefined ? {} : { dimensions: terms.dimensions }),
          },
          units: { latent: means.shape[1], active: activeUnits(means).active },
          information: { examples: some.shape[0], ...parts },
          ...(likelihood === undefined
            ? {}
            : {
                likelihood: {
                  examples: some.shape[0],
                  samples,
                  logLikelihood: likelihood.overExamples,
                  simulationError: likelihood.simulationError,
                  effectiveSampleSize: meanOf(likelihood.effectiveSampleSizes),
                  elbo: estimateOf(terms.elbo.slice(0, some.shape[0])),
                },
              }),
          ...(bounds === undefined || evidence === undefined
            ? {}
            : {
                gaps: {
                  examples: few.shape[0],
                  approximation: estimateOf(minus(evidence, bounds.refined)),
                  amortisation: estimateOf(minus(bounds.refined, bounds.amortised)),
                  total: estimateOf(minus(evidence, bounds.amortised)),
                },
              }),
          ...(sandwich === undefined ? {} : { sandwich }),
        }
      }),
    )
  }
