import type { Process } from '../level.js'

/**
 * A straight line from data to noise: α = 1 − s, σ = s (Liu et al. 2023; Lipman et al. 2023), with s(t) = t, or, of a shift k,
 * s = k t/(1 + (k − 1) t), which has more of its levels where there is much noise (Esser et al. 2024, eq. 23). It ends with no signal at all.
 */
export const rectifiedFlow = ({ shift = 1 }: { readonly shift?: number } = {}): Process => ({
  family: 'rectified-flow',
  // (1 − s)/s = (1 − t)/(k t)
  logSnr: t => 2 * Math.log((1 - t) / (shift * t)),
})
