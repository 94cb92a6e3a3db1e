import type { AnyTensor } from '@elbo/tensor'
import { requireSites, standIn, type Conditioned, type Latent } from '../interpret.js'
import type { Values } from '../program.js'
import { ProgramError, type Spelt, type Stands, type Unless } from '../sentence.js'
import { trace, type Trace } from '../trace.js'

/** A guide draws every latent site of the model, in its form, and nothing else: as a rule. */
export type Guides<Op extends string, S, O, G> = string extends keyof S | keyof O | keyof G
  ? Unless<never>
  : [Exclude<Latent<S, O>, keyof G>] extends [never]
    ? [Exclude<keyof G, Latent<S, O>>] extends [never]
      ? Unless<Stands<Op, Values<G>, Values<S>>>
      : Unless<`${Op}: the guide draws ${Spelt<Exclude<keyof G, Latent<S, O>>>}, which is no latent site of the model`>
    : Unless<`${Op}: the guide does not draw the latent site ${Spelt<Exclude<Latent<S, O>, keyof G>>}`>

type AnyConditioned = Conditioned<unknown, Readonly<Record<string, AnyTensor>>>

/** A conditioned model where the compiler does not know its sites. */
export const unknownSites = (conditioned: unknown): AnyConditioned => conditioned as AnyConditioned

/**
 * The model at the observations and at what the guide drew.
 * @throws ProgramError unless the guide's sites are the model's latent ones.
 */
export const modelAt = (
  operation: string,
  { program, observed }: AnyConditioned,
  latent: Readonly<Record<string, AnyTensor>>,
): Trace => {
  const model = trace(operation, program, (name, distribution) => {
    const value = observed[name]
    if (value !== undefined) return standIn('condition', name, value, distribution)
    if (latent[name] === undefined)
      throw new ProgramError(`${operation}: the guide does not draw the latent site ${name}`)
    return standIn(operation, name, latent[name], distribution)
  })
  requireSites('condition', observed, model.sites)
  const stray = Object.keys(latent).find(
    name => name in observed || !model.sites.some(site => site.name === name),
  )
  if (stray !== undefined)
    throw new ProgramError(`${operation}: the guide draws ${stray}, which is no latent site of the model`)
  return model
}

/** The values of a trace by site. */
export const valuesOf = ({ sites }: Trace): Readonly<Record<string, AnyTensor>> =>
  Object.fromEntries(sites.map(({ name, value }) => [name, value]))
