import type { AnyTensor, Draw, Requires, Shape, Tensor } from '@elbo/tensor'
import type { AnyDistribution } from '@elbo/distributions'
import { total } from './arithmetic.js'
import type { Program, Values } from './program.js'
import { ProgramError, requireStandIn, type Spelt, type Stands, type Unless } from './sentence.js'
import { drawing, scores, trace } from './trace.js'

/** The batch that all sites share. */
export type BatchOfSites<S> = S[keyof S] extends infer D extends AnyDistribution
  ? [...D['batchShape']]
  : Shape

/** What a program drew. */
export interface Sampled<S, A> {
  /** By site. */
  readonly values: Values<S>
  /** What the program returns. */
  readonly result: A
}

/**
 * Ancestral sampling: each site is drawn after the ones that it depends on, with a key of its own.
 * @throws ProgramError where a site has no draws, two have one name, or their batches differ.
 */
export const sample =
  <S, A>(program: Program<S, A>): Draw<Sampled<S, A>> =>
  key => {
    const { sites, result } = trace('sample', program, drawing('sample', key))
    return { values: Object.fromEntries(sites.map(({ name, value }) => [name, value])) as Values<S>, result }
  }

/** ln P of values for all sites, in nats. */
export interface Joint<S> {
  /** ln P(x, z, …), the sum over the sites. */
  readonly total: Tensor<BatchOfSites<S>>
  readonly sites: { readonly [N in keyof S]: Tensor<BatchOfSites<S>> }
}

/** A value for every site and no other, as a rule. */
export type Covers<Op extends string, S, V> = string extends keyof S | keyof V
  ? Unless<never>
  : [Exclude<keyof S, keyof V>] extends [never]
    ? [Exclude<keyof V, keyof S>] extends [never]
      ? Unless<Stands<Op, V, Values<S>>>
      : Unless<`${Op}: there is no site ${Spelt<Exclude<keyof V, keyof S>>}`>
    : Unless<`${Op}: site ${Spelt<Exclude<keyof S, keyof V>>} has no value`>

type Given = Readonly<Record<string, AnyTensor>>

/** @throws ProgramError where a name is no site. */
export const requireSites = (
  operation: string,
  given: Given,
  sites: readonly { readonly name: string }[],
): void => {
  const unknown = Object.keys(given).find(name => !sites.some(site => site.name === name))
  if (unknown !== undefined) throw new ProgramError(`${operation}: there is no site ${unknown}`)
}

/** The value that is given for a site, after a look at its form. */
export const standIn = (
  operation: string,
  name: string,
  value: AnyTensor | undefined,
  {
    batchShape,
    eventShape,
    dtype,
  }: { readonly batchShape: Shape; readonly eventShape: Shape; readonly dtype: string },
): AnyTensor => {
  if (value === undefined) throw new ProgramError(`${operation}: site ${name} has no value`)
  requireStandIn(operation, name, value, { shape: [...batchShape, ...eventShape], dtype })
  return value
}

/**
 * `logJoint({ z, x })(program)`: ln P(x, z) and each site's part in it, for each of the batch.
 * @throws ProgramError unless there is a value of the right form for every site; the compiler says so where it can.
 */
export const logJoint =
  <const V extends Given>(values: V) =>
  <S>(program: Program<S, unknown> & Requires<Covers<'logJoint', S, V>>): Joint<S> => {
    const walked = trace<unknown>('logJoint', program, (name, distribution) =>
      standIn('logJoint', name, values[name], distribution),
    )
    requireSites('logJoint', values, walked.sites)
    const sites = scores(walked)
    return { total: total(Object.values(sites)), sites } as unknown as Joint<S>
  }

/** A program of which some sites are observed; the others are latent. */
export interface Conditioned<S, O> {
  readonly program: Program<S, unknown>
  readonly observed: O
}

/** The sites that are not observed. */
export type Latent<S, O> = Exclude<keyof S, keyof O>

/** Observations are of sites, and of their form, as a rule. */
export type Observes<S, O> = string extends keyof S | keyof O
  ? Unless<never>
  : [Exclude<keyof O, keyof S>] extends [never]
    ? Unless<Stands<'condition', O, Values<S>>>
    : Unless<`condition: there is no site ${Spelt<Exclude<keyof O, keyof S>>}`>

/**
 * `condition({ x })(program)`: the program with x observed. Nothing is computed: a bound asks for it.
 * An observation that is no site or has another form is a compile error, and throws when the program is interpreted.
 */
export const condition =
  <const O extends Given>(observed: O) =>
  <S>(program: Program<S, unknown> & Requires<Observes<S, O>>): Conditioned<S, O> => ({ program, observed })
