import {
  cast,
  div,
  exp,
  foldIn,
  gt,
  mapTree,
  mod,
  type Draw,
  type Key,
  type Requires,
  type Tensor,
} from '@elbo/tensor'
import {
  asReal,
  choose,
  meanOver,
  minus,
  plus,
  shaped,
  spread,
  sumOver,
  times,
  total,
  type Real,
} from '../arithmetic.js'
import type { BatchOfSites, Conditioned, Latent } from '../interpret.js'
import type { Program } from '../program.js'
import { ProgramError } from '../sentence.js'
import { drawing, trace, type Assign, type Trace, type Visited } from '../trace.js'
import { scoreTerm, type Baseline } from './baseline.js'
import { divergence, type Divergences, type HaveForm } from './divergence.js'
import { enumeration, type Enumeration } from './enumerate.js'
import { modelAt, unknownSites, valuesOf, type Guides } from './pairing.js'
import { repeated, requireDraws, type Index } from './repeat.js'
import { freed, type FreeBits, type Weights } from './weights.js'

/** The sites of a guide that take few values. */
export type FiniteSites<G> = {
  readonly [N in keyof G]: G[N] extends { readonly enumerateSupport: unknown } ? N : never
}[keyof G]

export interface ElboOptions<G = unknown, K extends Divergences = Divergences> {
  /** The number of draws of the guide that are averaged; 1 by default. */
  readonly draws?: number
  /** Divergences exactly where they have a closed form (`best`, the default), everywhere, or nowhere. */
  readonly divergences?: K
  readonly weights?: Weights
  readonly freeBits?: FreeBits
  /**
   * For guides through whose draws no gradient passes. `leaveOneOut`, the default from two draws on: the mean of the other draws' bounds (Kool
   * et al. 2019). A tensor: any number that does not depend on the draws, such as a moving average of earlier bounds.
   */
  readonly baseline?: Baseline
  /** Sites that are summed over exactly, in place of a draw. */
  readonly enumerate?: readonly FiniteSites<G>[]
}

/** The bound and its parts, one number for each of the batch, in nats: elbo = reconstruction − kl. */
export interface Bound<B extends readonly number[], O extends PropertyKey, L extends PropertyKey> {
  /** An estimate of E_q[ln P(x, z) − ln q(z)] ≤ ln P(x), whose gradient is unbiased, too. */
  readonly elbo: Tensor<B>
  /** The same with weights and free bits: what training maximises. */
  readonly objective: Tensor<B>
  /** E_q[ln P(x | z)] */
  readonly reconstruction: Tensor<B>
  /** KL[q(z) ‖ P(z)], the sum over the latent sites. */
  readonly kl: Tensor<B>
  /** `reconstruction` by observed site. */
  readonly likelihoods: { readonly [N in O]: Tensor<B> }
  /** `kl` by latent site. */
  readonly divergences: { readonly [N in L]: Tensor<B> }
}

type Reals = Readonly<Record<string, Real>>

const zero = asReal(0)

/** What one draw in one branch gives, by site. */
interface Part {
  readonly likelihoods: Reals
  readonly divergences: Reals
  /** ln q of the draws through which no gradient passes. */
  readonly scores: Reals
  /** ln q of the enumerated values. */
  readonly branches: Reals
}

const partOf = (
  conditioned: ReturnType<typeof unknownSites>,
  guide: Trace,
  options: { readonly divergences: Divergences; readonly enumerate: readonly string[] },
): Part => {
  const model = modelAt('elbo', conditioned, valuesOf(guide))
  if (model.sites.length === 0) throw new ProgramError('elbo: the program has no sites')
  const bySite = (sites: readonly Visited[], f: (site: Visited) => Real): Reals =>
    Object.fromEntries(sites.map(site => [site.name, f(site)]))
  const logProb = ({ distribution, value }: Visited): Real => distribution.logProb(value)
  const isEnumerated = ({ name }: Visited): boolean => options.enumerate.includes(name)
  return {
    likelihoods: bySite(
      model.sites.filter(({ name }) => name in conditioned.observed),
      logProb,
    ),
    divergences: bySite(guide.sites, ({ name }) =>
      divergence('elbo', name, { guide, model }, options.divergences),
    ),
    scores: bySite(
      guide.sites.filter(site => !site.distribution.reparameterized && !isEnumerated(site)),
      logProb,
    ),
    branches: bySite(guide.sites.filter(isEnumerated), logProb),
  }
}

/** Draws along the first axis, branches along the second. */
const overDraws =
  (program: Program<unknown, unknown>, draws: number, { branches, assign }: Enumeration) =>
  (key: Key, part: (guide: Trace) => Part): Part => {
    const at = (n: Index): Part => {
      const drawKey = foldIn(cast('u32')(div(branches)(n)))(key)
      return part(trace('elbo', program, assign(mod(branches)(n), drawing('elbo', drawKey))))
    }
    return mapTree<Real, Real>(x => shaped([draws, branches, ...x.shape.slice(1)], x))(
      repeated(draws * branches, at),
    )
  }

/** The mean over draws of the sum over branches, each as likely as the guide says. */
const expectation =
  (branches: readonly Real[]) =>
  (x: Real): Real => {
    if (branches.length === 0) return meanOver(0, sumOver(1, x))
    const probability = exp(total(branches))
    // A value that never occurs counts nothing, however bad it would be.
    const counted = choose(gt(0)(probability), x, zero)
    return meanOver(0, sumOver(1, times(probability, counted)))
  }

const requireNames = (what: string, given: readonly string[], names: readonly string[]): void => {
  const unknown = given.find(name => !names.includes(name))
  if (unknown !== undefined) throw new ProgramError(`elbo: ${what}: there is no site ${unknown}`)
}

/**
 * The evidence lower bound, ELBO = E_q[ln P(x, z) − ln q(z)] = ln P(x) − KL[q(z) ‖ P(z | x)]:
 *
 *     pipe(model, condition({ x }), elbo(guide(x)))(key)
 *
 * Its value and its gradient are unbiased whatever the guide: gradients pass through reparameterised draws, and reach the others by their score
 * with a baseline (Williams 1992), or by enumeration, which is exact.
 * @throws ProgramError unless the guide draws the model's latent sites; the compiler says so where it can.
 */
export const elbo =
  <G, const K extends Divergences = 'best'>(guide: Program<G, unknown>, options: ElboOptions<G, K> = {}) =>
  <S, O>(
    conditioned: Conditioned<S, O> & Requires<Guides<'elbo', S, O, G>> & Requires<HaveForm<K, S, G>>,
  ): Draw<Bound<BatchOfSites<S>, keyof O, Latent<S, O>>> =>
  key => {
    const { draws = 1, divergences = 'best', weights = {}, freeBits = {}, baseline } = options
    requireDraws('elbo', draws)
    const model = unknownSites(conditioned)
    const program = guide as Program<unknown, unknown>
    const enumerate = (options.enumerate ?? []) as readonly string[]
    const branching =
      enumerate.length === 0
        ? { branches: 1, assign: (_: Index, otherwise: Assign) => otherwise }
        : enumeration('elbo', program, name => enumerate.includes(name), drawing('elbo', key))
    const part = overDraws(
      program,
      draws,
      branching,
    )(key, drawn => partOf(model, drawn, { divergences, enumerate }))
    const [observed, latent] = [Object.keys(part.likelihoods), Object.keys(part.divergences)]
    requireNames('enumerate', enumerate, Object.keys(part.branches))
    requireNames('weights', Object.keys(weights), [...observed, ...latent])
    requireNames('freeBits', Object.keys(freeBits), latent)

    const expected = expectation(Object.values(part.branches))
    const sum = (terms: Reals): Real => total([zero, ...Object.values(terms)])
    const means = (terms: Reals): Reals =>
      Object.fromEntries(Object.entries(terms).map(([name, x]) => [name, expected(x)]))
    const [likelihoods, kls] = [means(part.likelihoods), means(part.divergences)]
    const weighted = (name: string, x: Real): Real => times(x, weights[name] ?? 1)
    const bounds = minus(sum(part.likelihoods), sum(part.divergences))
    const objectives = minus(
      total([zero, ...observed.map(name => weighted(name, part.likelihoods[name]))]),
      total([
        zero,
        ...latent.map(name => {
          const bits = freeBits[name]
          const own = part.divergences[name]
          return weighted(name, bits === undefined ? own : freed(own, kls[name], bits))
        }),
      ]),
    )
    const scores = Object.values(part.scores)
    const withScore = (f: Real): Real =>
      scores.length === 0 ? expected(f) : plus(expected(f), scoreTerm(f, total(scores), expected, baseline))
    const batch = bounds.shape.slice(2)
    return {
      elbo: withScore(bounds),
      objective: withScore(objectives),
      reconstruction: spread(batch, sum(likelihoods)),
      kl: spread(batch, sum(kls)),
      likelihoods,
      divergences: kls,
    } as never
  }
