import { expectClose } from './closeness.testing.js'
import { numbers } from './evaluate.testing.js'
import { observed, value } from './fixtures.testing.js'
import { always, type Law } from './law.testing.js'

export const logProbMatches: Law = {
  applies: always,
  holds: async (_, fixture, d) =>
    expectClose(
      await numbers(d.logProb(observed(fixture, d))),
      fixture.points.flatMap(([, logProb]) => value(logProb)),
      1,
    ),
}
