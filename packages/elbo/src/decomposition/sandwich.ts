import { split, type Draw, type Key, type Tensor } from '@elbo/tensor'
import { importanceWeighted } from '../bound/importance.js'
import { condition, sample, type BatchOfSites } from '../interpret.js'
import type { Program, Values } from '../program.js'
import { ProgramError } from '../sentence.js'
import { reverseAnnealed, type AnnealingOptions } from './annealed.js'

export interface SandwichOptions<S, O extends keyof S, G> extends AnnealingOptions {
  /** The sites that are observed. */
  readonly observed: readonly O[]
  /** The guide for what is observed. */
  readonly guide: (observed: Pick<Values<S>, O>) => Program<G, unknown>
  /** Of the importance-weighted bound. */
  readonly draws: number
}

/** Bounds of ln P(x) on either side, in the mean, for x that the model drew. In nats. */
export interface Sandwich<S, O extends keyof S> {
  readonly observed: Pick<Values<S>, O>
  /** The importance-weighted bound. */
  readonly lower: Tensor<BatchOfSites<S>>
  /** By a reverse annealed walk from the latents that x was drawn from. */
  readonly upper: Tensor<BatchOfSites<S>>
}

/**
 * How far a bound is from ln P(x), with neither being known: draws data from the model itself, of whose posterior there is then one exact draw, and
 * holds ln P(x) between two estimates (Grosse et al. 2015).
 * @throws ProgramError where an observed name is no site, and as `importanceWeighted` and `reverseAnnealed`
 */
export const sandwich =
  <S, const O extends keyof S & string, G>(
    program: Program<S, unknown>,
    { observed, guide, draws, ...annealing }: SandwichOptions<S, O, G>,
  ): Draw<Sandwich<S, O>> =>
  key => {
    const [forData, forLower, forUpper] = split(key, 3) as readonly [Key, Key, Key]
    const values = Object.entries(sample(program)(forData).values as Readonly<Record<string, Tensor>>)
    const stray = observed.find(name => !values.some(([site]) => site === name))
    if (stray !== undefined) throw new ProgramError(`sandwich: there is no site ${stray}`)
    const isObserved = (name: string): boolean => (observed as readonly string[]).includes(name)
    const x = Object.fromEntries(values.filter(([name]) => isObserved(name)))
    const z = Object.fromEntries(values.filter(([name]) => !isObserved(name)))
    const q = guide(x as unknown as Pick<Values<S>, O>)
    const conditioned = condition(x)(program as never)
    return {
      observed: x,
      lower: importanceWeighted(q, { draws, gradient: 'none' })(conditioned as never)(forLower).bound,
      upper: reverseAnnealed(q, annealing)(conditioned as never, z as never)(forUpper).bound,
    } as never
  }
