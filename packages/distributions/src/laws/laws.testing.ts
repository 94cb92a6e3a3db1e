import { describe, expect, it } from '@jest/globals'
import { inside } from '../distribution.js'
import { cdfMatches } from './cdf.testing.js'
import { drawsFollowCdf } from './draws-cdf.testing.js'
import { drawsHaveMoments } from './draws-moments.testing.js'
import { drawsHaveGradient } from './gradient-of-draws.testing.js'
import { logProbHasGradient } from './gradient-of-log-prob.testing.js'
import { icdfMatches } from './icdf.testing.js'
import { logProbMatches } from './log-prob.testing.js'
import { momentsMatch } from './moments.testing.js'
import { densitySumsToOne } from './normalisation.testing.js'
import { drawsAreTheSameBits } from './same-bits.testing.js'
import { shapesAreKept } from './shapes.testing.js'
import { supportIsRespected } from './support.testing.js'
import { fixturesOf } from './fixtures.testing.js'
import type { Law } from './law.testing.js'
import { refusesMistakes } from './parameters.testing.js'
import type { LawName, Row } from './table.testing.js'

/** What a family is held to. */
const laws: Readonly<Record<LawName, Law>> = {
  'logProb against fixtures': logProbMatches,
  'cdf against fixtures': cdfMatches,
  'icdf against fixtures': icdfMatches,
  'moments against fixtures': momentsMatch,
  'the density sums to 1': densitySumsToOne,
  'draws follow the cdf': drawsFollowCdf,
  'draws have the moments': drawsHaveMoments,
  'gradient of logProb': logProbHasGradient,
  'gradient of draws': drawsHaveGradient,
  support: supportIsRespected,
  shapes: shapesAreKept,
  'draws are the same bits on every backend': drawsAreTheSameBits,
}

/** Every law for every case of every family of a table. */
export const walk = <M extends Readonly<Record<string, Row>>>(fixtures: string, table: M): void => {
  const cases = fixturesOf(fixtures)
  describe.each(Object.entries<Row>(table))('%s', (family, row) => {
    it('has fixtures', () => expect(cases[family]?.length).toBeGreaterThan(0))
    describe.each(
      (cases[family] ?? []).map(fixture => [JSON.stringify(fixture.parameters), fixture] as const),
    )('%s', (_, fixture) => {
      const d = inside(row.build(fixture.parameters))
      for (const [name, { applies, holds }] of Object.entries<Law>(laws)) {
        if (applies(d, row) && row.exempt?.[name as LawName] === undefined)
          it(name, () => holds(row, fixture, d))
      }
    })
    refusesMistakes(family, row, cases[family] ?? [])
    it('gives a reason for every exemption', () => {
      for (const reason of Object.values(row.exempt ?? {}))
        expect(reason.split(' ').length).toBeGreaterThan(3)
    })
  })
}
