import { expect } from '@jest/globals'
import { cast } from '@elbo/tensor'
import { drawn } from './draws.testing.js'
import { numbers, onReference } from './evaluate.testing.js'
import type { Law } from './law.testing.js'

export const drawsAreTheSameBits: Law = {
  applies: d => d.sample !== undefined,
  holds: async (_, __, d) => {
    const x = cast('f32')(drawn(d, 2_000))
    expect(await numbers(x)).toEqual(await numbers(x, onReference))
  },
}
