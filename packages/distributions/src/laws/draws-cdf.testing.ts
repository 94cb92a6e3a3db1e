import { expect } from '@jest/globals'
import { exp } from '@elbo/tensor'
import type { Real } from '../arithmetic.js'
import { drawn, draws } from './draws.testing.js'
import { numbers, fixed } from './evaluate.testing.js'
import { data } from './fixtures.testing.js'
import type { Law } from './law.testing.js'

/**
 * Kolmogorov and Smirnov's distance between draws, given as their F(x), and the uniform distribution. Draws that single precision cannot tell
 * apart (below the least normal number, say) are one step.
 */
const distance = (levels: readonly number[]): number => {
  const sorted = [...levels].sort((a, b) => a - b)
  return sorted.reduce((far, p, i) => {
    if (p === sorted[i + 1]) return far
    const lower = p === sorted[i - 1] ? 0 : p - i / sorted.length
    return Math.max(far, lower, Math.abs((i + 1) / sorted.length - p))
  }, 0)
}

/** One sample in ten thousand lies farther, for large n: 2.23/√n. */
const critical = 2.23 / Math.sqrt(draws)

/** χ² of counts, cells of fewer than five pooled, in standard deviations above its mean. */
const excess = (counts: readonly number[], expected: readonly number[]): number => {
  let [chi, cells, pooledCount, pooledExpected] = [0, 0, 0, 0]
  counts.forEach((count, i) => {
    if (expected[i] >= 5) {
      chi += (count - expected[i]) ** 2 / expected[i]
      cells++
    } else {
      pooledCount += count
      pooledExpected += expected[i]
    }
  })
  if (pooledExpected > 0.5) {
    chi += (pooledCount - pooledExpected) ** 2 / pooledExpected
    cells++
  }
  return cells < 2 ? chi : (chi - (cells - 1)) / Math.sqrt(2 * (cells - 1))
}

export const drawsFollowCdf: Law = {
  applies: (d, { projections }) =>
    d.sample !== undefined &&
    (d.cdf !== undefined || projections !== undefined || d.enumerateSupport !== undefined),
  holds: async ({ projections }, _, d) => {
    const x = drawn(d, draws)
    if (projections !== undefined) {
      for (const { of, cdf } of projections(d))
        expect(distance(await numbers(cdf(of(await fixed(x)))))).toBeLessThan(critical)
      return
    }
    if (!d.support.discrete) {
      const cdf = d.cdf as (x: Real) => Real
      expect(distance(await numbers(cdf(await fixed(x))))).toBeLessThan(critical)
      return
    }
    const found = await numbers(x)
    const [low, high] = found.reduce(([a, b], y) => [Math.min(a, y), Math.max(b, y)], [Infinity, -Infinity])
    const values = Array.from({ length: high - low + 1 }, (__, i) => low + i)
    const counts = values.map(() => 0)
    for (const y of found) counts[y - low]++
    const masses = await numbers(exp(d.logProb(data(values, [values.length], d))))
    const rest = Math.max(0, 1 - masses.reduce((a, b) => a + b, 0))
    expect(
      excess(
        [...counts, 0],
        [...masses, rest].map(p => p * draws),
      ),
    ).toBeLessThan(5)
  },
}
