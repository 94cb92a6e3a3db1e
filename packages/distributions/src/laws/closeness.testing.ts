import { expect } from '@jest/globals'

/**
 * Relative error; infinities and NaN have to be the same. `floor` is the size below which the error is absolute: 1 for a logarithm, whose
 * absolute error is the relative one of the density.
 */
export const expectClose = (
  found: readonly number[],
  expected: readonly number[],
  floor: number,
  tolerance: number | ((i: number) => number) = 1e-5,
): void => {
  expect(found).toHaveLength(expected.length)
  found.forEach((x, i) => {
    const y = expected[i]
    const error = Object.is(x, y) || x === y ? 0 : Math.abs(x - y) / Math.max(Math.abs(y), floor)
    if (error !== 0 && !(error <= (typeof tolerance === 'number' ? tolerance : tolerance(i))))
      throw new Error(`value ${i} is ${x}, not ${y}: off by ${error}`)
  })
}
