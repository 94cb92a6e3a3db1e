import type { Process } from '../level.js'
import type { Ends } from './ends.js'

/**
 * α(t) = exp(−½∫₀ᵗ β), σ = 1 − α², β(t) = first + t (last − first) (Song et al. 2021, eq. 29): the signal of `linear`, with less noise.
 */
export const subVariancePreserving = ({ first, last }: Ends = { first: 0.1, last: 20 }): Process => ({
  family: 'sub-variance-preserving',
  logSnr: t => {
    const logAlphaBar = -(first * t + ((last - first) * t * t) / 2)
    return logAlphaBar - 2 * Math.log(-Math.expm1(logAlphaBar))
  },
})
