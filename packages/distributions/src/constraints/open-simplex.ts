import { above, allLast, both } from '../arithmetic.js'
import type { Constraint, Support } from './constraint.js'
import { simplex } from './vectors.js'

/** Positive numbers along the last axis that sum to 1. */
export const positiveSimplex: Constraint = {
  name: 'positiveSimplex',
  described: 'a simplex without its faces (positive, sum 1)',
  eventRank: 1,
  discrete: false,
  witness: NaN,
  contains: x => both(allLast(above(x, 0), 1), (simplex.contains as NonNullable<Support['contains']>)(x)),
  holds: (value, shape) => Array.from(value).every(x => x > 0) && simplex.holds(value, shape),
}

/** The inside of the simplex of n numbers, as a support. */
export const openSimplexOf = (n: number): Support => ({ ...positiveSimplex, witness: 1 / n })
