/**
 * How z_t = α x + σ ε, ε ~ Norm[0, I], shares out signal and noise at a given signal-to-noise ratio SNR = α²/σ²:
 *
 *   variance-preserving       α² + σ² = 1       (Ho et al. 2020)
 *   sub-variance-preserving   σ = 1 − α²        (Song et al. 2021, eq. 14)
 *   variance-exploding        α = 1             (Song et al. 2021, eq. 9; Karras et al. 2022)
 *   rectified-flow            α + σ = 1         (Liu et al. 2023; Lipman et al. 2023)
 */
export type Family =
  'variance-preserving' | 'sub-variance-preserving' | 'variance-exploding' | 'rectified-flow'

/** One level of noise, in double precision: z = alpha·x + sigma·ε. */
export interface Level {
  /** Where it stands in its process, from 0 (data) to 1 (most noise): what networks are told. */
  readonly time: number
  readonly alpha: number
  readonly sigma: number
  /** ln α²/σ²; ∞ where there is no noise. */
  readonly logSnr: number
}

/** σ(x) = 1/(1 + e⁻ˣ), accurate for small results. */
export const logistic = (x: number): number =>
  x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))

const shares: Readonly<Record<Family, (logSnr: number) => Pick<Level, 'alpha' | 'sigma'>>> = {
  'variance-preserving': logSnr => ({
    alpha: Math.sqrt(logistic(logSnr)),
    sigma: Math.sqrt(logistic(-logSnr)),
  }),
  // α/σ = r and σ = 1 − α²: r α² + α − r = 0, of which the root that does not cancel.
  'sub-variance-preserving': logSnr => {
    const r = Math.exp(logSnr / 2)
    const sigma = 2 / (1 + Math.sqrt(1 + 4 * r * r))
    return { alpha: r * sigma, sigma }
  },
  'variance-exploding': logSnr => ({ alpha: 1, sigma: Math.exp(-logSnr / 2) }),
  'rectified-flow': logSnr => ({ alpha: logistic(logSnr / 2), sigma: logistic(-logSnr / 2) }),
}

/** The level of a process of this family at a signal-to-noise ratio, given as its logarithm; ∞: the data themselves. */
export const levelAt =
  (family: Family) =>
  (logSnr: number, time: number): Level =>
    logSnr === Infinity ? { time, alpha: 1, sigma: 0, logSnr } : { time, ...shares[family](logSnr), logSnr }

/**
 * A noise process: one value, ln SNR as a function of time, from which all else follows (Kingma et al. 2021, section 3.1).
 */
export interface Process {
  readonly family: Family
  /** ln α²/σ² at a time from 0 to 1; strictly falling. At time 0 it may be ∞. */
  readonly logSnr: (time: number) => number
}

/** The level of a process at a time from 0 to 1. */
export const levelOf =
  ({ family, logSnr }: Process) =>
  (time: number): Level =>
    levelAt(family)(logSnr(time), time)
