import { expect } from '@jest/globals'
import type { NDArray, Nested } from '@elbo/tensor'

const flat = (nested: Nested): number[] => (typeof nested === 'number' ? [nested] : nested.flatMap(flat))

/** The largest distance from what is expected, as a share of the largest number in it. */
export const distance = (found: NDArray, expected: Nested): number => {
  const wanted = flat(expected)
  expect(found.data).toHaveLength(wanted.length)
  const largest = Math.max(...wanted.map(Math.abs))
  return (
    Math.max(...wanted.map((value, i) => Math.abs(found.data[i] - value))) / (largest === 0 ? 1 : largest)
  )
}
