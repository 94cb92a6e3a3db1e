import { expect } from '@jest/globals'
import type { Real } from '../arithmetic.js'
import { drawn, draws } from './draws.testing.js'
import { numbers } from './evaluate.testing.js'
import type { Law } from './law.testing.js'

export const drawsHaveMoments: Law = {
  applies: d => d.sample !== undefined && d.mean !== undefined && d.variance !== undefined,
  holds: async (_, __, d) => {
    const size = d.eventShape.reduce((a, b) => a * b, 1)
    const found = await numbers(drawn(d, draws))
    const [mean, variance] = [
      await numbers((d.mean as () => Real)()),
      await numbers((d.variance as () => Real)()),
    ]
    for (let i = 0; i < size; i++) {
      const own = found.filter((___, at) => at % size === i)
      const average = own.reduce((a, b) => a + b, 0) / draws
      expect(Math.abs(average - mean[i])).toBeLessThan(
        4.5 * Math.sqrt(variance[i] / draws) + 1e-6 * Math.abs(mean[i]),
      )
    }
  },
}
