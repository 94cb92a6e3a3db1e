import { expect } from '@jest/globals'
import { cast } from '@elbo/tensor'
import { drawn } from './draws.testing.js'
import { numbers, onGpuJs, onReference } from './evaluate.testing.js'
import type { Law } from './law.testing.js'

export const drawsAreTheSameBits: Law = {
  applies: d => d.sample !== undefined,
  holds: async (_, __, d) => {
    const x = cast('f32')(drawn(d, 2_000))
    const found = await numbers(x)
    expect(await numbers(x, onReference)).toEqual(found)
    expect(await numbers(x, onGpuJs)).toEqual(found)
  },
}
