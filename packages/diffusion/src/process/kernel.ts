import type { Level } from './level.js'

/** z_t given z_s, s < t, as numbers: q(z_t | z_s) = Norm[scale·z_s, variance·I]. From level 0 it is q(z_t | x). */
export interface Transition {
  /** α_t/α_s */
  readonly scale: number
  /** σ_t² − (α_t/α_s)² σ_s² */
  readonly variance: number
}

/**
 * The kernel from one level to a later one of the same process (Kingma et al. 2021, appendix A.1): its variance is σ_t² (1 − SNR(t)/SNR(s)), a
 * difference of logarithms, which loses no digits between close levels.
 */
export const transition = (from: Level, to: Level): Transition => ({
  scale: to.alpha / from.alpha,
  variance: to.sigma ** 2 * lostShare(from, to),
})

/** 1 − SNR(t)/SNR(s) */
const lostShare = (from: Level, to: Level): number => -Math.expm1(to.logSnr - from.logSnr)

/** z_s given z_t and x, s < t, as numbers: q(z_s | z_t, x) = Norm[ofZ·z_t + ofX·x, variance·I]. */
export interface Posterior {
  readonly ofZ: number
  readonly ofX: number
  readonly variance: number
}

/**
 * The posterior of an earlier level, by Bayes' rule for normal densities (Kingma et al. 2021, appendix A.2; Ho et al. 2020, eq. 7, for neighbours of
 * a variance-preserving process): with r = 1 − SNR(t)/SNR(s) its mean is (α_t/α_s) (σ_s²/σ_t²) z_t + α_s r x, and its variance σ_s² r.
 */
export const posterior = (earlier: Level, later: Level): Posterior => {
  const lost = lostShare(earlier, later)
  return {
    ofZ: (later.alpha / earlier.alpha) * (earlier.sigma / later.sigma) ** 2,
    ofX: earlier.alpha * lost,
    variance: earlier.sigma ** 2 * lost,
  }
}
