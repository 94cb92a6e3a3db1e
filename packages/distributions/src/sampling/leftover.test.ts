import { expect, it } from '@jest/globals'
import { key } from '@elbo/tensor'
import { Binomial, Gamma, Poisson } from '../index.js'
import { numbers, onReference } from '../laws/evaluate.testing.js'

/** So many that the search goes on with the rejected elements alone. */
const many = 5_000

it.each([
  ['gamma', Gamma({ concentration: 2.5, rate: 1 })],
  ['Poisson', Poisson({ rate: 40 })],
  ['binomial', Binomial({ totalCount: 100, probs: 0.3 })],
] as const)('%s draws are the same bits on the reference interpreter', async (_, d) => {
  const x = d.sample([many])(key(11))
  const drawn = await numbers(x)
  expect(new Set(drawn).size).toBeGreaterThan(20)
  expect(await numbers(x, onReference)).toEqual(drawn)
})
