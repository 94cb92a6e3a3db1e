import { expect } from '@jest/globals'
import { cast, concat, foldIn, key, reshape, type AnyTensor, type Key, type Tensor } from '@elbo/tensor'
import { repeated } from './bound/repeat.js'
import { numbers } from './models.testing.js'

type Rows = readonly (readonly number[])[]

/** An estimate for each of many keys: one row of numbers for each, all computed in one loop. */
export const overKeys = async (
  count: number,
  f: (k: Key) => readonly AnyTensor[],
  seed = 1,
): Promise<Rows> => {
  const flat = (x: AnyTensor): Tensor<number[]> => reshape([-1])(x as Tensor<number[]>)
  const all = repeated(count, n => concat(0)(f(foldIn(cast('u32')(n))(key(seed))).map(flat)) as AnyTensor)
  const found = await numbers(all)
  const width = found.length / count
  return Array.from({ length: count }, (_, row) => found.slice(row * width, (row + 1) * width))
}

/** Of each column: its mean, its variance, and the standard error of the mean. */
export const statistics = (rows: Rows) =>
  rows[0].map((_, i) => {
    const column = rows.map(row => row[i])
    const average = column.reduce((a, b) => a + b, 0) / rows.length
    const variance = column.reduce((a, b) => a + (b - average) ** 2, 0) / (rows.length - 1)
    return { average, variance, error: Math.sqrt(variance / rows.length) }
  })

/** The columns' means are the given ones, within 4 standard errors and the rounding of single precision; their variances. */
export const expectMeans = (rows: Rows, expected: readonly number[]): readonly number[] => {
  const found = statistics(rows)
  expect(found).toHaveLength(expected.length)
  found.forEach(({ average, error }, i) => {
    expect(Math.abs(average - expected[i])).toBeLessThanOrEqual(4 * error + 1e-6)
  })
  return found.map(({ variance }) => variance)
}
