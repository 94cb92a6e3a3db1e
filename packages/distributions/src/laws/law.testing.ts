import type { Dynamic } from '../distribution.js'
import type { Fixture } from './fixtures.testing.js'
import type { Row } from './table.testing.js'

/** What holds for a distribution, and whether it speaks about it at all. */
export interface Law {
  readonly applies: (d: Dynamic, row: Row) => boolean
  readonly holds: (row: Row, fixture: Fixture, d: Dynamic) => Promise<void>
}

export const always = (): boolean => true

/** Whether an event is one number. */
export const isNumeric = (d: Dynamic): boolean => d.eventShape.length === 0
