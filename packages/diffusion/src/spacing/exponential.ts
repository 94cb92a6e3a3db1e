import { inNoise } from './in-noise.js'
import type { Spacing } from './spacing.js'

/** Even steps of ln SNR (Lu et al. 2022, section 3), in which σ/α falls by one factor: the exponential spacing of Crowson's k-diffusion. */
export const exponential: Spacing = inNoise({
  name: 'exponential',
  logSnr: (first, last, k, count) => first + (k / (count - 1)) * (last - first),
})
