import type { Real } from '../arithmetic.js'
import { expectClose } from './closeness.testing.js'
import { numbers } from './evaluate.testing.js'
import { observed, value, type Written } from './fixtures.testing.js'
import type { Law } from './law.testing.js'

export const cdfMatches: Law = {
  applies: d => d.cdf !== undefined,
  holds: async (_, fixture, d) =>
    expectClose(
      await numbers((d.cdf as (x: Real) => Real)(observed(fixture, d))),
      fixture.points.flatMap(([, , cdf]) => value(cdf as Written)),
      1e-37,
      // Besides: one rounding of x (by loc, scale or rate) times the condition number x·p(x)/F(x).
      i => {
        const [x, logProb, cdf] = fixture.points[i]
        return 1e-5 + (2 ** -24 * Math.abs(Number(x)) * Math.exp(Number(logProb))) / Number(cdf)
      },
    ),
}
