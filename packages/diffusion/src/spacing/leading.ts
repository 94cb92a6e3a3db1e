import { inTime } from './in-time.js'
import type { Spacing } from './spacing.js'

/**
 * The lower ends of equal parts of the time (Lin et al. 2024, table 2): the last level is visited, the first is not, so that samples start at less
 * noise than there is.
 */
export const leading: Spacing = inTime({
  name: 'leading',
  visits: 'last',
  timestep: (k, count, length) => 1 + Math.floor(((count - 1 - k) * length) / count),
  fraction: (k, count) => (count - 1 - k) / count,
})
