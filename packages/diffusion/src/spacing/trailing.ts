import { inTime } from './in-time.js'
import type { Spacing } from './spacing.js'

/** The upper ends of equal parts of the time (Lin et al. 2024, table 2): the first level is visited, and from the last of them on it is one step to the data. */
export const trailing: Spacing = inTime({
  name: 'trailing',
  visits: 'first',
  timestep: (k, count, length) => Math.round(((count - k) * length) / count),
  fraction: (k, count) => (count - k) / count,
})
