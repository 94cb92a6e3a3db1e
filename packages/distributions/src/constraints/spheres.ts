import { abs, arange, square } from '@elbo/tensor'
import { atMost, choose, equal, minus, sumLast } from '../arithmetic.js'
import type { Constraint, Support } from './constraint.js'

/** How far the squares of single-precision numbers may sum from 1. */
const slack = 1e-5

/** Vectors of length 1. */
export const unitVector: Constraint = {
  name: 'unitVector',
  described: 'a vector of length 1',
  eventRank: 1,
  discrete: false,
  witness: NaN,
  contains: x => atMost(abs(minus(sumLast(square(x), 1), 1)), slack),
  holds: value => Math.abs(Array.from(value).reduce((a, x) => a + x * x, 0) - 1) <= slack,
}

/** The unit vectors of n numbers, as a support. */
export const unitVectorOf = (n: number): Support => ({
  ...unitVector,
  witness: choose(equal(arange(n), 0), 1, 0),
})
