import { kl, type AnyDistribution, type HasForm } from '@elbo/distributions'
import { minus, type Real } from '../arithmetic.js'
import { ProgramError, type Spelt, type Unless } from '../sentence.js'
import type { Trace, Visited } from '../trace.js'

/** How KL[q ‖ P] of a latent site enters a bound: exactly, or as ln q − ln P of the draw. */
export type Form = 'closed' | 'sampled'

/** A form for all sites, or for each the best that there is. */
export type Divergences = Form | 'best'

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

/** The names of the sites before one. */
const before = ({ sites }: Trace, name: string): readonly string[] =>
  sites
    .slice(
      0,
      sites.findIndex(site => site.name === name),
    )
    .map(site => site.name)

const find = ({ sites }: Trace, name: string): Visited => sites.find(site => site.name === name) as Visited

/**
 * Given what the guide drew before, is the model's distribution at this site known? Only then does KL[q ‖ P] stand for the mean of
 * ln q − ln P: what the model draws before it, the guide has to draw before it, too.
 */
const isKnown = (name: string, guide: Trace, model: Trace): boolean => {
  const drawn = before(guide, name)
  const latent = new Set(guide.sites.map(site => site.name))
  return before(model, name).every(other => !latent.has(other) || drawn.includes(other))
}

const closedForm = (q: Visited, p: Visited): Real | undefined => {
  const found = kl(q.distribution as unknown as AnyDistribution, p.distribution as unknown as AnyDistribution)
  return found.form === 'closed' ? found.value : undefined
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
): { readonly form: Form; readonly value: Real } => {
  const [q, p] = [find(guide, name), find(model, name)]
  const exact = wanted !== 'sampled' && isKnown(name, guide, model) ? closedForm(q, p) : undefined
  if (exact !== undefined) return { form: 'closed', value: exact }
  if (wanted === 'closed')
    throw new ProgramError(
      isKnown(name, guide, model)
        ? `${operation}: site ${name}: KL[${q.distribution.family} ‖ ${p.distribution.family}] has no closed form`
        : `${operation}: site ${name} has no closed form: the model draws it after a site that the guide draws later`,
    )
  return { form: 'sampled', value: minus(q.distribution.logProb(q.value), p.distribution.logProb(p.value)) }
}
