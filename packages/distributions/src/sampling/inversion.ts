import { above, choose, plus, times, type Real } from '../arithmetic.js'

/**
 * The k of which a uniform u lies in the k-th step of the distribution function on 0, 1, 2, …: how many of its first `terms` sums lie below
 * u. The first probability and the quotients P(k + 1)/P(k) say what it is.
 */
export const invertedByTerms = (first: Real, quotient: (k: number) => Real, terms: number, u: Real): Real => {
  let [term, total, count] = [first, times(u, 0), times(u, 0)]
  for (let k = 0; k < terms; k++) {
    total = plus(total, term)
    count = plus(count, choose(above(u, total), 1, 0))
    term = times(term, quotient(k))
  }
  return count
}
