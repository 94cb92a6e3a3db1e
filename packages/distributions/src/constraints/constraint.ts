import type { Shape } from '@elbo/tensor'
import type { Operand, Real, Truth } from '../arithmetic.js'

/** Where the values of a distribution lie, as data. */
export interface Support {
  readonly name: string
  /** Continues "must be …": `positive`. */
  readonly described: string
  /** How many of the last axes belong to one value: 0 for numbers, 1 for vectors, 2 for matrices. */
  readonly eventRank: number
  readonly discrete: boolean
  /** Whether a value belongs, one truth for each; false for NaN. Absent where every number does. */
  readonly contains?: (x: Real) => Truth
  /** Some value that belongs, well inside. */
  readonly witness: Operand
  /** The least and the greatest number, where values are numbers; of each element, where `toEvent` made vectors of them. */
  readonly bounds?: readonly [low: Operand, high: Operand]
}

/** The support of a distribution over numbers. */
export type BoundedSupport = Support & Required<Pick<Support, 'bounds'>>

/** What a parameter has to satisfy: a support whose membership the host can decide too. */
export interface Constraint extends Support {
  /** `contains` for one value that is known on the host; `shape` is that of its `eventRank` axes. */
  readonly holds: (value: ArrayLike<number>, shape: Shape) => boolean
}
