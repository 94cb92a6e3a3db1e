import { logSnrOfAlphaBar } from '../alpha-bar.js'
import { fromBetas } from '../betas.js'
import type { DiscreteProcess } from '../discrete.js'
import type { Process } from '../level.js'
import { alongLine, ofThousand, type Ends } from './ends.js'

/**
 * √βₜ from √first to √last in a straight line (the schedule of Rombach et al. 2022's latent diffusion, .00085 to .012 at T = 1000; the defaults
 * are these, times 1000/T and at most .999).
 */
export const scaledLinearBetas = (
  length: number,
  { first, last }: Ends = { first: ofThousand(0.00085, length), last: ofThousand(0.012, length) },
): DiscreteProcess => fromBetas(alongLine(length, Math.sqrt(first), Math.sqrt(last)).map(root => root * root))

/** Its limit of many levels: √β(t) = √first + t d, d = √last − √first, and ∫₀ᵗ β = t (first + √first·d·t + d² t²/3). */
export const scaledLinear = ({ first, last }: Ends = { first: 0.85, last: 12 }): Process => {
  const root = Math.sqrt(first)
  const d = Math.sqrt(last) - root
  return {
    family: 'variance-preserving',
    logSnr: t => logSnrOfAlphaBar(-t * (first + root * d * t + (d * d * t * t) / 3)),
  }
}
