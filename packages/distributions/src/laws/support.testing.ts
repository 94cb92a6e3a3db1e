import { expect } from '@jest/globals'
import { exp, scalar, vjp } from '@elbo/tensor'
import type { Real } from '../arithmetic.js'
import { total } from './differences.testing.js'
import { drawn } from './draws.testing.js'
import { numbers } from './evaluate.testing.js'
import { boundsOf, data } from './fixtures.testing.js'
import { always, isNumeric, type Law } from './law.testing.js'

export const supportIsRespected: Law = {
  applies: always,
  holds: async (_, __, d) => {
    const { contains } = d.support
    if (contains !== undefined && d.sample !== undefined) {
      const found = await numbers(contains(drawn(d, 10_000)))
      expect(found.every(x => x === 1)).toBe(true)
    }
    if (!isNumeric(d) || d.dtype !== 'f32') return
    expect(await numbers(d.logProb(data([NaN], [1], d)))).toEqual([NaN])
    const bounds = await boundsOf(d)
    const outside = [bounds[0] - 0.5, bounds[1] + 0.5].filter(Number.isFinite)
    if (outside.length === 0) return
    const logs = await numbers(d.logProb(data(outside, [outside.length], d)))
    expect(logs.every(x => x === -Infinity)).toBe(true)
    const slope = vjp((x: Real) => total(exp(d.logProb(x))), data(outside, [outside.length], d))[1](scalar(1))
    expect((await numbers(slope)).every(x => x === 0)).toBe(true)
  },
}
