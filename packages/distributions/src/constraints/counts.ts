import { floor } from '@elbo/tensor'
import {
  above,
  allLast,
  atLeast,
  atMost,
  below,
  both,
  either,
  equal,
  sumLast,
  type Operand,
} from '../arithmetic.js'
import type { Constraint, Support } from './constraint.js'
import type { NumberConstraint } from './numbers.js'

/** 1, 2, 3, … */
export const positiveWhole: NumberConstraint = {
  name: 'positiveWhole',
  described: 'a whole number from 1',
  eventRank: 0,
  discrete: true,
  bounds: [1, Infinity],
  witness: 1,
  contains: x => both(both(atLeast(x, 1), below(x, Infinity)), equal(x, floor(x))),
  holds: value => Number.isInteger(value[0]) && value[0] >= 1,
}

/** (0, 1]: a probability of what has to happen some time. */
export const positiveProbability: NumberConstraint = {
  name: 'positiveProbability',
  described: 'in (0, 1]',
  eventRank: 0,
  discrete: false,
  bounds: [0, 1],
  witness: 0.5,
  contains: x => both(above(x, 0), atMost(x, 1)),
  holds: value => value[0] > 0 && value[0] <= 1,
}

/** Vectors of whole numbers from 0 whose sum is the total. */
export const countsOf = (total: Operand): Support => ({
  name: 'counts',
  described: 'whole numbers from 0 with the given sum',
  eventRank: 1,
  discrete: true,
  witness: 1,
  contains: x => both(allLast(both(atLeast(x, 0), equal(x, floor(x))), 1), equal(sumLast(x, 1), total)),
})

/** Vectors with one 1 among zeros. */
export const oneHotVector: Constraint = {
  name: 'oneHotVector',
  described: 'a vector of one 1 among zeros',
  eventRank: 1,
  discrete: true,
  witness: 0,
  contains: x => both(allLast(either(equal(x, 0), equal(x, 1)), 1), equal(sumLast(x, 1), 1)),
  holds: value => {
    const ones = Array.from(value).filter(x => x !== 0)
    return ones.length === 1 && ones[0] === 1
  },
}
