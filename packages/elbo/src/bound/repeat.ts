import { arange, expandDims, full, mapTree, scan, type AnyTensor, type Tensor } from '@elbo/tensor'

/** The number of a repetition, traced. */
export type Index = Tensor<[], 'i32'>

/** The trees f(0), …, f(count − 1), one after the other along a new first axis: one loop, whose body stands in the graph once. */
export const repeated = <T>(count: number, f: (n: Index) => T): T => {
  if (count === 1)
    return mapTree<AnyTensor, AnyTensor>(x => expandDims(0)(x) as AnyTensor)(f(full([], 0, 'i32')))
  const [, all] = scan<object, Index, T>((carry, n) => [carry, f(n)])({}, arange(count, 'i32'))
  return all as T
}

/** @throws RangeError `elbo: 0 draws: the number is a positive integer` */
export const requireDraws = (operation: string, draws: number): void => {
  if (!Number.isSafeInteger(draws) || draws < 1)
    throw new RangeError(`${operation}: ${draws} draws: the number is a positive integer`)
}
