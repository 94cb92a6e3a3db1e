import { add, constant, ndarray, type Tensor } from '@elbo/tensor'
import { pick, plus, type Real } from '../arithmetic.js'
import type { Level } from './markov.js'

/**
 * Numbers by level, from 1: `byLevel(values)(t)` is the t-th. Each is held as a single and what the single leaves of it, so that arithmetic in
 * double precision finds the double.
 */
export const byLevel = (values: readonly number[]): ((t: Level) => Tensor<[]>) => {
  const table = (of: readonly number[]): Real => constant(ndarray(of, [of.length]))
  const singles = values.map(Math.fround)
  const rests = values.map((value, i) => (Number.isFinite(singles[i]) ? value - singles[i] : 0))
  const [most, rest] = [table(singles), table(rests)]
  return t => {
    const at = add(-1)(t)
    return plus(pick(at, most), pick(at, rest)) as Tensor<[]>
  }
}
