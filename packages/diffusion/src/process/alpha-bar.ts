/** ln SNR of a variance-preserving level, from ln ᾱ: ln ᾱ − ln(1 − ᾱ). */
export const logSnrOfAlphaBar = (logAlphaBar: number): number =>
  logAlphaBar - Math.log(-Math.expm1(logAlphaBar))

/** ln ᾱ of a variance-preserving level, from λ = ln SNR: −ln(1 + e^−λ). */
export const logAlphaBarOf = (logSnr: number): number =>
  logSnr > 0 ? -Math.log1p(Math.exp(-logSnr)) : logSnr - Math.log1p(Math.exp(logSnr))
