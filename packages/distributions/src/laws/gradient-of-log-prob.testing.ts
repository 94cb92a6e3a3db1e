import { over, type Real } from '../arithmetic.js'
import { inside } from '../distribution.js'
import { expectGradient, total } from './differences.testing.js'
import { lifted, observed, value } from './fixtures.testing.js'
import { always, type Law } from './law.testing.js'

export const logProbHasGradient: Law = {
  applies: always,
  holds: async ({ build, coordinates }, fixture) => {
    const at = {
      ...fixture,
      points: fixture.points.filter(([, logProb]) => value(logProb).every(Number.isFinite)),
    }
    await expectGradient(lifted(fixture.parameters), parameters => {
      const d = inside(build(parameters))
      const x = observed(at, d)
      return over(total(d.logProb(x)), at.points.length)
    })
    const d = inside(build(fixture.parameters))
    if (d.support.discrete) return
    // In the body: at an end, rounding in double precision is larger than any difference.
    const body = {
      ...at,
      points: at.points.filter(([, , cdf = 0.5]) => Number(cdf) > 5e-4 && Number(cdf) < 0.98),
    }
    const free = coordinates ?? ((y: Real): Real => y)
    await expectGradient({ x: observed(body, d) }, ({ x }) =>
      over(total(d.logProb(free(x))), body.points.length),
    )
  },
}
