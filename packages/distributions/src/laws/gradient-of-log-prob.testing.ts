import { over, type Real } from '../arithmetic.js'
import { inside, type Dynamic } from '../distribution.js'
import { expectGradient, total } from './differences.testing.js'
import { boundsOf, lifted, observed, value } from './fixtures.testing.js'
import { always, type Law } from './law.testing.js'

/** Whether each end of a support moves with parameters. */
const movingEnds = async (d: Dynamic): Promise<readonly [boolean, boolean]> => {
  const [low, high] = (await boundsOf(d)).map(Number.isFinite)
  return [low && typeof d.support.bounds?.[0] === 'object', high && typeof d.support.bounds?.[1] === 'object']
}

export const logProbHasGradient: Law = {
  applies: always,
  holds: async ({ build, coordinates, step }, fixture) => {
    // Beside an end that moves, a difference would step out of the support.
    const [low, high] = await movingEnds(inside(build(lifted(fixture.parameters))))
    const isAway = (cdf: number): boolean => !(low && cdf < 0.01) && !(high && cdf > 0.99)
    const at = {
      ...fixture,
      points: fixture.points.filter(
        ([, logProb, cdf = 0.5]) => value(logProb).every(Number.isFinite) && isAway(Number(cdf)),
      ),
    }
    await expectGradient(
      lifted(fixture.parameters),
      parameters => {
        const d = inside(build(parameters))
        const x = observed(at, d)
        return over(total(d.logProb(x)), at.points.length)
      },
      step,
    )
    const d = inside(build(fixture.parameters))
    if (d.support.discrete) return
    // In the body: at an end, rounding in double precision is larger than any difference.
    const body = {
      ...at,
      points: at.points.filter(([, , cdf = 0.5]) => Number(cdf) > 5e-4 && Number(cdf) < 0.98),
    }
    const free = coordinates ?? ((y: Real): Real => y)
    await expectGradient(
      { x: observed(body, d) },
      ({ x }) => over(total(d.logProb(free(x))), body.points.length),
      step,
    )
  },
}
