import type { AnyTensor } from '@elbo/tensor'
import { kl, type AnyDistribution, type HasForm } from '@elbo/distributions'
import { minus, type Real } from '../arithmetic.js'
import { ProgramError, type Spelt, type Unless } from '../sentence.js'
import type { Seen, Trace, Visited } from '../trace.js'

/**
 * How KL[q ‖ P] of the latent sites enters a bound: exactly at each of them (`closed`), as ln q − ln P of the draw (`sampled`), or exactly where
 * there is a closed form (`best`).
 */
export type Divergences = 'closed' | 'sampled' | 'best'

/** The sites of a guide whose divergence from the model has no closed form. */
type Formless<S, G> = {
  readonly [N in keyof G & keyof S]: G[N] extends AnyDistribution
    ? S[N] extends AnyDistribution
      ? true extends HasForm<G[N], S[N]>
        ? never
        : `elbo: site ${Spelt<N>}: KL[${G[N]['family']} ‖ ${S[N]['family']}] has no closed form`
      : never
    : never
}[keyof G & keyof S]

/** All divergences have the form that is asked for, as a rule. */
export type HaveForm<K extends Divergences, S, G> = K extends 'closed'
  ? Unless<Formless<S, G>>
  : Unless<never>

const before = ({ sites }: Trace, name: string): readonly Visited[] =>
  sites.slice(
    0,
    sites.findIndex(site => site.name === name),
  )

const find = ({ sites }: Trace, name: string): Visited => sites.find(site => site.name === name) as Visited

/**
 * Given what the guide drew before, is the model's distribution at this site known? Only then does KL[q ‖ P] stand for the mean of
 * ln q − ln P: what the model draws before it, the guide has to draw before it, too.
 */
const isKnown = (name: string, guide: Trace, model: Trace): boolean => {
  const later = new Set(guide.sites.map(site => site.name))
  for (const earlier of before(guide, name)) later.delete(earlier.name)
  return !before(model, name).some(other => later.has(other.name))
}

/** q and P of one site, and what was drawn from q. */
export interface Pair {
  readonly q: Seen
  readonly p: Seen
  readonly value: AnyTensor
}

/**
 * KL[q ‖ P] given the draws that both depend on.
 * @throws ProgramError where a closed form is asked for and there is none.
 */
export const divergenceBetween = (where: string, { q, p, value }: Pair, wanted: Divergences): Real => {
  const found =
    wanted === 'sampled' ? undefined : kl(q as unknown as AnyDistribution, p as unknown as AnyDistribution)
  if (found?.form === 'closed') return found.value
  if (wanted === 'closed')
    throw new ProgramError(`${where}: KL[${q.family} ‖ ${p.family}] has no closed form`)
  return minus(q.logProb(value), p.logProb(value))
}

/**
 * KL[q ‖ P] of one latent site, given the draws before it.
 * @throws ProgramError where a closed form is asked for and there is none.
 */
export const divergence = (
  operation: string,
  name: string,
  { guide, model }: { readonly guide: Trace; readonly model: Trace },
  wanted: Divergences,
): Real => {
  const { distribution: q, value } = find(guide, name)
  const where = `${operation}: site ${name}`
  const known = isKnown(name, guide, model)
  if (!known && wanted === 'closed')
    throw new ProgramError(
      `${where} has no closed form: the model draws it after a site that the guide draws later`,
    )
  return divergenceBetween(where, { q, p: find(model, name).distribution, value }, known ? wanted : 'sampled')
}
