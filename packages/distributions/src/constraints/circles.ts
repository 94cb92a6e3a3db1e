import type { BoundedSupport } from './constraint.js'

/** Angles in radians. Those that differ by whole turns are the same, so that every number is one. */
export const circle: BoundedSupport = {
  name: 'circle',
  described: 'an angle',
  eventRank: 0,
  discrete: false,
  bounds: [-Infinity, Infinity],
  witness: 0,
}
