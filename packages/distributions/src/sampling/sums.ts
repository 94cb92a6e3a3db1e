import { concat, full, slice } from '@elbo/tensor'
import { plus, type Real } from '../arithmetic.js'

/*
 * Sums whose order is written here, so that every backend rounds alike: halves are added until one is left. `sum` leaves the order to the
 * backend.
 */

const partOf = (x: Real, start: number, stop: number): Real =>
  (
    slice(...x.shape.map((_, axis) => (axis === x.shape.length - 1 ? ([start, stop] as const) : null))) as (
      x: Real,
    ) => Real
  )(x)

const joined = (parts: readonly Real[]): Real => (concat(-1) as (parts: readonly Real[]) => Real)(parts)

const zerosBefore = (x: Real, count: number): Real => full([...x.shape.slice(0, -1), count], 0)

/** The sum over the last axis, which keeps a length of 1. */
export const exactSum = (x: Real): Real => {
  let value = x
  for (let n = value.shape[value.shape.length - 1]; n > 1; n = value.shape[value.shape.length - 1]) {
    const half = Math.floor(n / 2)
    const sum = plus(partOf(value, 0, half), partOf(value, half, 2 * half))
    value = n % 2 === 0 ? sum : joined([sum, partOf(value, n - 1, n)])
  }
  return value
}

/** Running sums along the last axis, by doubling strides (Hillis and Steele 1986). */
export const exactCumulative = (x: Real): Real => {
  const n = x.shape[x.shape.length - 1]
  let value = x
  for (let stride = 1; stride < n; stride *= 2)
    value = plus(value, joined([zerosBefore(x, stride), partOf(value, 0, n - stride)]))
  return value
}
