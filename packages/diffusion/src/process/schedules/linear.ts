import { logSnrOfAlphaBar } from '../alpha-bar.js'
import { fromBetas } from '../betas.js'
import type { DiscreteProcess } from '../discrete.js'
import type { Process } from '../level.js'
import { alongLine, ofThousand, type Ends } from './ends.js'

/**
 * βₜ from `first` to `last` in a straight line (Ho et al. 2020, section 4, who have 10⁻⁴ to .02 at T = 1000; the defaults are these, times 1000/T and
 * at most .999, so that every T ends with the same noise).
 */
export const linearBetas = (
  length: number,
  { first, last }: Ends = { first: ofThousand(1e-4, length), last: ofThousand(0.02, length) },
): DiscreteProcess => fromBetas(alongLine(length, first, last))

/**
 * Its limit of many levels: β(t) = first + t (last − first), ln ᾱ(t) = −∫₀ᵗ β = −(first·t + (last − first) t²/2) (Song et al. 2021, eq. 33, with
 * their ends as defaults).
 */
export const linear = ({ first, last }: Ends = { first: 0.1, last: 20 }): Process => ({
  family: 'variance-preserving',
  logSnr: t => logSnrOfAlphaBar(-(first * t + ((last - first) * t * t) / 2)),
})
