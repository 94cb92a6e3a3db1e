import { inTime } from './in-time.js'
import type { Spacing } from './spacing.js'

/** Evenly from the first level to the last, both visited (Nichol and Dhariwal 2021; Lin et al. 2024, table 2). One step starts at the first. */
export const linspace: Spacing = inTime({
  name: 'linspace',
  visits: 'both',
  timestep: (k, count, length) =>
    count === 1 ? length : 1 + Math.round(((count - 1 - k) * (length - 1)) / (count - 1)),
  fraction: (k, count) => (count === 1 ? 1 : (count - 1 - k) / (count - 1)),
})
