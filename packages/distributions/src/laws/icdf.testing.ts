import { tensor } from '@elbo/tensor'
import type { Real } from '../arithmetic.js'
import { expectClose } from './closeness.testing.js'
import { numbers } from './evaluate.testing.js'
import { value } from './fixtures.testing.js'
import type { Law } from './law.testing.js'

export const icdfMatches: Law = {
  applies: d => d.icdf !== undefined,
  holds: async (_, { inverse = [], mean = 0, variance = 0 }, d) => {
    const p = tensor(inverse.map(([level]) => level)) as Real
    const found = await numbers((d.icdf as (p: Real) => Real)(p))
    const expected = inverse.flatMap(([, x]) => value(x))
    // Where quantiles change sign they are differences of loc and scale.
    const size =
      d.support.bounds?.[0] === -Infinity ? Math.abs(value(mean)[0]) + Math.sqrt(value(variance)[0]) : 1e-37
    expectClose(found, expected, size)
  },
}
