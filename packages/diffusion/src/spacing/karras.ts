import { SamplingError } from '../sampling/sampling-error.js'
import { inNoise } from './in-noise.js'
import type { Spacing } from './spacing.js'

/**
 * σ/α with its ρ-th root in even steps (Karras et al. 2022, eq. 5); ρ = 7 by default.
 * @throws SamplingError unless ρ is a finite number above 0
 */
export const karrasSpacing = (rho = 7): Spacing => {
  if (!(rho > 0 && rho < Infinity)) throw new SamplingError(`karrasSpacing: rho is above 0, not ${rho}`)
  return inNoise({
    name: 'karras',
    logSnr: (first, last, k, count) => {
      const root = (logSnr: number): number => Math.exp(-logSnr / (2 * rho))
      const [high, low] = [root(first), root(last)]
      return -2 * rho * Math.log(high + (k / (count - 1)) * (low - high))
    },
  })
}
