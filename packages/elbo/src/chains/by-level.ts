import { add, constant, ndarray, type Shape, type Tensor } from '@elbo/tensor'
import { pick, plus, type Real } from '../arithmetic.js'

/**
 * Numbers by level, from 1: `byLevel(values)(t)` is the t-th, for one t or for each of a tensor. Each is held as a single and what the single leaves of it, so that arithmetic in
 * double precision finds the double.
 */
export const byLevel = (values: readonly number[]): (<L extends Shape>(t: Tensor<L, 'i32'>) => Tensor<L>) => {
  const table = (of: readonly number[]): Real => constant(ndarray(of, [of.length]))
  const singles = values.map(Math.fround)
  const rests = values.map((value, i) => (Number.isFinite(singles[i]) ? value - singles[i] : 0))
  const [most, rest] = [table(singles), table(rests)]
  return <L extends Shape>(t: Tensor<L, 'i32'>) => {
    const at: Tensor<Shape, 'i32'> = add(-1)(t as Tensor<Shape, 'i32'>)
    return plus(pick(at, most), pick(at, rest)) as Tensor<L>
  }
}
