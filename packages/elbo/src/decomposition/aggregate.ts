import { arange, eq, expandDims, mean, type Draw, type Requires, type Shape, type Tensor } from '@elbo/tensor'
import type { AnyDistribution } from '@elbo/distributions'
import { choose, logSumExpOver, minus, asReal, shaped, type Real } from '../arithmetic.js'
import type { ValueOf } from '../program.js'
import { ProgramError, requireStandIn, type Stands, type Unless } from '../sentence.js'
import { seen } from '../trace.js'

/** A number between two others, in the mean over examples and draws. */
export interface Between {
  readonly lower: Tensor<[]>
  readonly upper: Tensor<[]>
}

/** What the mean divergence of a guide consists of (Hoffman and Johnson 2016): rate = mutualInformation + aggregate. In nats. */
export interface AggregateTerms {
  /** The mean of KL[q(z | x) ‖ P(z)] over the examples. */
  readonly rate: Tensor<[]>
  /** I(x; z) under q: what z tells of which example it belongs to. */
  readonly mutualInformation: Between
  /** KL[q(z) ‖ P(z)] of the aggregate posterior q(z), the mean of q(z | x) over examples. */
  readonly aggregate: Between
}

/**
 * The mutual information and the aggregate divergence of a guide, from N examples of a batch: q(z | xₙ) and the prior, each with batch [N].
 *
 * `mutualInformation.lower` takes the mean of all q(z | xₘ) for q(z). In the mean it is at most I(x; z), and at most ln N, whatever I is; of the N
 * examples as the whole population it is unbiased. `upper` leaves the own example out, and is at least I(x; z) in the mean (Poole et al.
 * 2019). `aggregate` is the rate less the other, so that its bounds are the other way round.
 * @throws ProgramError unless the two have one form and a batch of two examples at least
 */
export const aggregateTerms =
  <Q extends AnyDistribution, P extends AnyDistribution>(
    guide: Q,
    prior: P &
      Requires<Unless<Stands<'aggregateTerms', { readonly z: ValueOf<P> }, { readonly z: ValueOf<Q> }>>>,
    { draws = 1 }: { readonly draws?: number } = {},
  ): Draw<AggregateTerms> =>
  key => {
    const [q, p] = [seen(guide), seen(prior)]
    const [count] = q.batchShape
    if (q.batchShape.length !== 1 || count < 2)
      throw new ProgramError(
        `aggregateTerms: the batch is [${q.batchShape.join(', ')}]: one axis of two examples at least`,
      )
    if (q.sample === undefined) throw new ProgramError(`aggregateTerms: ${q.family} has no draws`)
    const z = q.sample([draws])(key)
    requireStandIn('aggregateTerms', 'z', q.sample()(key), {
      shape: [...p.batchShape, ...p.eventShape],
      dtype: p.dtype,
    })
    const own = q.logProb(z)
    // Each draw under every example's q: [draws, N, N].
    const all = q.logProb(shaped([draws, count, 1, ...q.eventShape], z))
    const places = arange(count, 'i32')
    const isOwn = eq(places)(expandDims(1)(places)) as Tensor<Shape, 'bool'>
    const others = choose(isOwn, asReal(-Infinity), all)
    const average = (x: Real): Tensor<[]> => mean()(x)
    const lower = average(minus(own, minus(logSumExpOver(2, all), Math.log(count))))
    const upper = average(minus(own, minus(logSumExpOver(2, others), Math.log(count - 1))))
    const rate = average(minus(own, p.logProb(z)))
    const less = (x: Tensor<[]>): Tensor<[]> => minus(rate, x) as Tensor<[]>
    return {
      rate,
      mutualInformation: { lower, upper },
      aggregate: { lower: less(upper), upper: less(lower) },
    }
  }
