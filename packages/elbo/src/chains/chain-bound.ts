import {
  arange,
  add,
  cast,
  foldIn,
  scan,
  sub,
  zeros,
  type Requires,
  type AnyTensor,
  type Draw,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import type { AnyDistribution } from '@elbo/distributions'
import { meanOver, minus, plus, sumOver, type Real } from '../arithmetic.js'
import { divergenceBetween, type Divergences } from '../bound/divergence.js'
import { repeated, requireDraws } from '../bound/repeat.js'
import type { ValueOf } from '../program.js'
import { ProgramError, requireStandIn, type Stands, type Unless } from '../sentence.js'
import { seen, type Seen } from '../trace.js'
import { level, requireLength, type Chain, type ChainGuide, type Latents, type Level } from './markov.js'

export interface ChainBoundOptions {
  /** The number of draws that are averaged; 1 by default. */
  readonly draws?: number
  /** Divergences exactly where they have a closed form (`best`, the default), everywhere, or nowhere. */
  readonly divergences?: Divergences
  /**
   * Where the levels get their z_t from: one walk down from z_T (`trajectory`, the default), or each on its own from the guide's q(z_t | x)
   * (`marginals`).
   */
  readonly from?: 'trajectory' | 'marginals'
}

/** The bound of a chain and its parts, for each of the batch, in nats: elbo = reconstruction − kl, and kl = top + Σ steps. */
export interface ChainBound<B extends Shape> {
  readonly elbo: Tensor<B>
  /** E_q[ln P(x | z₁)] */
  readonly reconstruction: Tensor<B>
  readonly kl: Tensor<B>
  /** KL[q(z_T | x) ‖ P(z_T)] */
  readonly top: Tensor<B>
  /** KL[q(z_{t−1} | z_t, x) ‖ P(z_{t−1} | z_t)] in the mean over z_t, for t = 2 … T along a first axis of T − 1. */
  readonly steps: Tensor<[number, ...B]>
}

type AnyChain = Chain<AnyDistribution, AnyDistribution, AnyDistribution>
type AnyGuide = ChainGuide<AnyDistribution, AnyDistribution>

const drawn = ({ family, sample, reparameterized }: Seen, key: Key): Real => {
  if (sample === undefined) throw new ProgramError(`chainBound: ${family} has no draws`)
  if (!reparameterized)
    throw new ProgramError(
      `chainBound: no gradient passes through draws of ${family}; see unrolledChain and elbo`,
    )
  return sample()(key) as Real
}

/** The key of z_t, the one that the site has in `unrolled`; t may be traced. */
const keyAt =
  (length: number, key: Key) =>
  (t: Level): Key =>
    foldIn(cast('u32')(sub(t)(level(length))))(key)

const next = (latents: AnyChain['latents'], t: Level, z: Real): Seen => seen(latents.next(t, z as never))

/**
 * KL[q(z_{t−1} | z_t, x) ‖ P(z_{t−1} | z_t)] at one z_t: a term of the bound on its own, for a t that may be traced. `value` is a draw of the first,
 * which the closed form does not look at.
 */
export const stepDivergence =
  <
    D extends AnyDistribution,
    C extends AnyDistribution,
    X extends AnyDistribution,
    G extends AnyDistribution,
    H extends AnyDistribution,
  >(
    { latents }: Chain<D, C, X>,
    guide: ChainGuide<G, H> & Requires<OneForm<G, D>>,
  ) =>
  (
    t: Level,
    z: Latents<D['batchShape'], D['eventShape']>,
    value: Latents<D['batchShape'], D['eventShape']>,
    wanted: Divergences = 'best',
  ): Tensor<[...D['batchShape']]> =>
    divergenceBetween(
      'chainBound',
      { q: seen(guide.next(t, z)), p: seen(latents.next(t, z)), value },
      wanted,
    ) as Tensor<[...D['batchShape']]>

/** The guide's latents have the form of the chain's, as a rule. */
type OneForm<G extends AnyDistribution, D extends AnyDistribution> = Unless<
  Stands<'chainBound', { readonly z: ValueOf<G> }, { readonly z: ValueOf<D> }>
>

interface Terms {
  readonly reconstruction: Real
  readonly top: Real
  readonly steps: Real
}

/** Levels 2 … T. */
const upper = (length: number): AnyTensor => add(2)(arange(length - 1, 'i32'))

const termsOf =
  (chain: AnyChain, x: AnyTensor, guide: AnyGuide, options: Required<Omit<ChainBoundOptions, 'draws'>>) =>
  (key: Key): Terms => {
    const { latents, likelihood } = chain
    const { length } = latents
    const at = keyAt(length, key)
    const { divergences: wanted, from } = options
    const between = (t: Level, z: Real, value: Real): Real =>
      stepDivergence(chain, guide)(t, z as never, value as never, wanted)
    const top = seen(guide.top)
    const highest = drawn(top, at(level(length)))
    const { batchShape, eventShape, dtype } = seen(latents.top)
    requireStandIn('chainBound', 'z', highest, { shape: [...batchShape, ...eventShape], dtype })
    const ofTop = divergenceBetween(
      'chainBound: top',
      { q: top, p: seen(latents.top), value: highest },
      wanted,
    )
    const { marginal } = guide
    if (from === 'marginals' && marginal === undefined)
      throw new ProgramError('chainBound: marginals: the guide does not tell its q(z_t | x)')
    const marginalAt = (t: Level): Real => drawn(seen((marginal as NonNullable<typeof marginal>)(t)), at(t))
    const below = (t: Level): Level => add(-1)(t)

    const walk = (): readonly [Real, Real] =>
      scan<Real, Level, Real>(
        (z, t) => {
          const value = drawn(next(guide, t, z), at(below(t)))
          return [value, between(t, z, value)]
        },
        { reverse: true },
      )(highest, upper(length) as never)
    const apart = (): readonly [Real, Real] => {
      const [, steps] = scan<object, Level, Real>((nothing, t) => {
        const z = marginalAt(t)
        // A key that no level has.
        const value = wanted === 'closed' ? z : drawn(next(guide, t, z), foldIn(length)(at(t)))
        return [nothing, between(t, z, value)]
      })({}, upper(length) as never)
      return [marginalAt(level(1)), steps]
    }
    const [lowest, steps] =
      length === 1 ? [highest, zeros([0, ...ofTop.shape]) as Real] : from === 'marginals' ? apart() : walk()
    const ofX = seen(likelihood(lowest as never))
    requireStandIn('chainBound', 'x', x, { shape: [...ofX.batchShape, ...ofX.eventShape], dtype: ofX.dtype })
    return { reconstruction: ofX.logProb(x), top: ofTop, steps }
  }

/**
 * The bound of a chain (Ho et al. 2020, eq. 5):
 *
 *   ELBO = E_q[ln P(x | z₁)] − Σ_{t=2}^T E_q KL[q(z_{t−1} | z_t, x) ‖ P(z_{t−1} | z_t)] − KL[q(z_T | x) ‖ P(z_T)]
 *
 * as a sum of closed forms where there are such, or by ln q − ln P of draws; the levels are one loop. With one key it is what `elbo` says of
 * the unrolled chain.
 * @throws ProgramError where draws or closed forms that are needed do not exist
 */
export const chainBound =
  <G extends AnyDistribution, H extends AnyDistribution>(
    guide: ChainGuide<G, H>,
    { draws = 1, divergences = 'best', from = 'trajectory' }: ChainBoundOptions = {},
  ) =>
  <D extends AnyDistribution, C extends AnyDistribution, X extends AnyDistribution>(
    chain: Chain<D, C, X> & Requires<OneForm<G, D>>,
    x: Tensor<[...X['batchShape'], ...X['eventShape']], X['dtype']>,
  ): Draw<ChainBound<[...D['batchShape']]>> =>
  key => {
    requireDraws('chainBound', draws)
    const { length } = chain.latents
    requireLength(length)
    if (guide.length !== length)
      throw new ProgramError(`chainBound: the guide has ${guide.length} levels, the chain ${length}`)
    const terms = termsOf(chain as unknown as AnyChain, x, guide as unknown as AnyGuide, {
      divergences,
      from,
    })
    const all = repeated(draws, n => terms(foldIn(cast('u32')(n))(key)))
    const [reconstruction, top, steps] = [all.reconstruction, all.top, all.steps].map(part =>
      meanOver(0, part),
    )
    const kl = plus(top, sumOver(0, steps))
    return { elbo: minus(reconstruction, kl), reconstruction, kl, top, steps } as never
  }
