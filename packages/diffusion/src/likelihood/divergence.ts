import { bernoulli, foldIn, full, ndarray, constant, vjp, where, type Key, type Shape } from '@elbo/tensor'
import { over, plus, sumLast, times, type Real } from '../arithmetic.js'
import { sizeOfExample } from '../sampling/examples.js'

/**
 * How the trace of ∂f/∂y is found, for each example of a batch [n, …] on its own:
 *
 *   exact        one product with the Jacobian for each dimension, which is for points
 *   probes       mean of vᵀ(∂f/∂y)v over so many v of signs, unbiased (Hutchinson 1990; Grathwohl et al. 2019); one v serves a whole path
 */
export type Divergence = 'exact' | { readonly probes: number }

/** Independent signs, 1 and −1 as likely. */
export const signs = (shape: Shape, key: Key): Real => {
  const half: Real = full(shape, 0.5)
  const [one, minusOne]: readonly [Real, Real] = [full(shape, 1), full(shape, -1)]
  return where(one, minusOne)(bernoulli(half)(key))
}

/** The i-th of an example's elements in each of n examples. */
const unit = ([count, ...rest]: readonly number[], i: number): Real => {
  const size = rest.reduce((product, n) => product * n, 1)
  const one = new Float32Array(size)
  one[i] = 1
  const example: Real = constant(ndarray(one, [1, ...rest]) as never)
  return plus(full([count, ...rest], 0), example)
}

/** The vectors of a path: units, or signs drawn once. */
export const directionsOf = (divergence: Divergence, shape: Shape, key: Key): readonly Real[] =>
  divergence === 'exact'
    ? Array.from({ length: sizeOfExample(shape) }, (_, i) => unit(shape, i))
    : Array.from({ length: divergence.probes }, (_, i) => signs(shape, foldIn(i)(key)))

/** f(y), and the trace of its Jacobian by products with `directions`: [n]. */
export const withDivergence = (
  f: (y: Real) => Real,
  y: Real,
  directions: readonly Real[],
  divergence: Divergence,
): readonly [value: Real, trace: Real] => {
  const [value, back] = vjp(f, y)
  const total = directions
    .map(direction => sumLast(times(back(direction), direction), y.shape.length - 1))
    .reduce((sum, each) => plus(sum, each))
  return [value, divergence === 'exact' ? total : over(total, directions.length)]
}
