import { floor, isNaN, not } from '@elbo/tensor'
import { above, atLeast, below, both, equal } from '../arithmetic.js'
import type { NumberConstraint } from './numbers.js'

/** A number, or an infinity: what an end of an interval may be. */
export const extendedReal: NumberConstraint = {
  name: 'extendedReal',
  described: 'a number or infinite',
  eventRank: 0,
  discrete: false,
  bounds: [-Infinity, Infinity],
  witness: 0,
  contains: x => not(isNaN(x)),
  holds: value => !Number.isNaN(value[0]),
}

/** Numbers beyond a bound that is not theirs: what degrees of freedom have to be. */
export const greaterThan = (bound: number): NumberConstraint => ({
  name: 'greaterThan',
  described: `greater than ${bound} and finite`,
  eventRank: 0,
  discrete: false,
  bounds: [bound, Infinity],
  witness: bound + 1,
  contains: x => both(above(x, bound), below(x, Infinity)),
  holds: value => value[0] > bound && value[0] < Infinity,
})

/** low, low + 1, … */
export const wholeFrom = (low: number): NumberConstraint => ({
  name: 'wholeFrom',
  described: `a whole number from ${low}`,
  eventRank: 0,
  discrete: true,
  bounds: [low, Infinity],
  witness: low,
  contains: x => both(both(atLeast(x, low), below(x, Infinity)), equal(x, floor(x))),
  holds: value => Number.isInteger(value[0]) && value[0] >= low,
})
