import type { AnyDistribution } from '../distribution.js'
import type { Parameter } from '../parameters.js'
import type { Real } from '../arithmetic.js'
import type { Mistakes } from './mistakes.testing.js'

/** What a family is held to. */
export const lawNames = [
  'logProb against fixtures',
  'cdf against fixtures',
  'icdf against fixtures',
  'moments against fixtures',
  'the density sums to 1',
  'draws follow the cdf',
  'draws have the moments',
  'gradient of logProb',
  'gradient of draws',
  'support',
  'shapes',
  'draws are the same bits on every backend',
] as const
export type LawName = (typeof lawNames)[number]

export type Given = Readonly<Record<string, Parameter>>

/** One row of the table: all that the laws ask of a family besides itself. */
export interface Row {
  /** The family at the parameters of a fixture, as data or as tensors. */
  readonly build: (parameters: Given) => AnyDistribution
  /** What each parameter must be, and values that it may not have. */
  readonly mistakes: Mistakes
  /** Laws that do not apply, each with its reason. A capability that the family lacks needs none. */
  readonly exempt?: Readonly<Partial<Record<LawName, string>>>
  /** Where the support is thinner than its space (a simplex): a map onto it that leaves its points where they are. */
  readonly coordinates?: (y: Real) => Real
  /**
   * The relative step of differences, where the usual one is too small: it shows at which numbers approximations of a function meet, as its error
   * is divided by the step.
   */
  readonly step?: number
  /** Where a family has no cdf: numbers made of a draw, and their distribution function. */
  readonly projections?: (d: AnyDistribution) => readonly {
    readonly of: (x: Real) => Real
    readonly cdf: (y: Real) => Real
  }[]
}

/** The constructors among a module's exports: capitalised, as families are. */
type Families<M> = { readonly [K in keyof M as K extends Capitalize<K & string> ? K : never]: Row }

/** A row for each family that a module exports: one that is missing does not compile. */
export type Table<M> = Families<M>
