import { abs, sum } from '@elbo/tensor'
import { allLast, atLeast, atMost, below, above, both, minus, type Real } from '../arithmetic.js'
import type { Constraint, Support } from './constraint.js'

const numbers = (value: ArrayLike<number>): readonly number[] => Array.from(value)
const last = (x: Real): Real => (sum(-1) as (x: Real) => Real)(x)

/** How far single-precision probabilities may sum from 1. */
const slack = 1e-5

/** Non-negative numbers along the last axis that sum to 1. */
export const simplex: Constraint = {
  name: 'simplex',
  described: 'a simplex (non-negative, sum 1)',
  eventRank: 1,
  discrete: false,
  witness: NaN,
  contains: x => both(allLast(atLeast(x, 0), 1), atMost(abs(minus(last(x), 1)), slack)),
  holds: value =>
    numbers(value).every(p => p >= 0) && Math.abs(numbers(value).reduce((a, b) => a + b, 0) - 1) <= slack,
}

/** The simplex of n numbers, as a support. */
export const simplexOf = (n: number): Support => ({ ...simplex, witness: 1 / n })

/** A vector of finite numbers. */
export const realVector: Constraint = {
  name: 'realVector',
  described: 'a vector of finite numbers',
  eventRank: 1,
  discrete: false,
  witness: 0,
  contains: x => allLast(both(above(x, -Infinity), below(x, Infinity)), 1),
  holds: value => numbers(value).every(Number.isFinite),
}

/** A vector of positive, finite numbers. */
export const positiveVector: Constraint = {
  name: 'positiveVector',
  described: 'a vector of positive, finite numbers',
  eventRank: 1,
  discrete: false,
  witness: 1,
  contains: x => allLast(both(above(x, 0), below(x, Infinity)), 1),
  holds: value => numbers(value).every(x => x > 0 && x < Infinity),
}

/** Every vector, as far as membership goes: the support of densities on the whole space. */
export const lineVector: Support = {
  name: 'lineVector',
  described: 'a vector',
  eventRank: 1,
  discrete: false,
  witness: 0,
}
