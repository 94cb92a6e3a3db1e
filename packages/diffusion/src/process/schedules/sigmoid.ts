import { fromBetas } from '../betas.js'
import type { DiscreteProcess } from '../discrete.js'
import { logistic, type Process } from '../level.js'
import { alongLine, ofThousand, type Ends } from './ends.js'

export interface SigmoidOptions {
  readonly start?: number
  readonly end?: number
  readonly temperature?: number
}

/**
 * ᾱ(t) = (s(end/τ) − s(u/τ))/(s(end/τ) − s(start/τ)) with u = start + t (end − start) and s the logistic function (Jabri, Fleet and Chen 2022,
 * Scalable Adaptive Computation for Iterative Generation, section 2.3). It ends with no signal at all. Differences of s are quotients of hyperbolic
 * sines and cosines: s(a) − s(b) = sinh((a − b)/2)/(2 cosh(a/2) cosh(b/2)).
 */
export const sigmoid = ({ start = -3, end = 3, temperature = 1 }: SigmoidOptions = {}): Process => {
  const half = (end - start) / 2 / temperature
  const ends = Math.log(Math.cosh(start / 2 / temperature)) - Math.log(Math.cosh(end / 2 / temperature))
  return {
    family: 'variance-preserving',
    logSnr: t => Math.log(Math.sinh((1 - t) * half)) - Math.log(Math.sinh(t * half)) + ends,
  }
}

/**
 * βₜ from `first` to `last` along the logistic function between −6 and 6 (Xu et al. 2022, GeoDiff, appendix; 10⁻⁷ to .002 at T = 5000 there). The
 * defaults are those of `linearBetas`.
 */
export const sigmoidBetas = (
  length: number,
  { first, last }: Ends = { first: ofThousand(1e-4, length), last: ofThousand(0.02, length) },
): DiscreteProcess => fromBetas(alongLine(length, -6, 6).map(u => first + (last - first) * logistic(u)))
