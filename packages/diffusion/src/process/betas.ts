import { discreteProcess, type DiscreteProcess } from './discrete.js'
import { logAlphaBarOf, logSnrOfAlphaBar } from './alpha-bar.js'
import { ProcessError } from './process-error.js'

/**
 * The variance-preserving process with z_t = √(1 − βₜ) z_{t−1} + √βₜ ε (Ho et al. 2020, eq. 2): ᾱₜ = Π (1 − β), of which ln SNR follows. βₜ = 1 is
 * allowed at the last level alone.
 * @throws ProcessError unless 0 < βₜ < 1
 */
export const fromBetas = (betas: readonly number[]): DiscreteProcess => {
  const bad = betas.findIndex(
    (beta, i) => !(beta > 0 && (beta < 1 || (beta === 1 && i === betas.length - 1))),
  )
  if (bad >= 0) throw new ProcessError(`level ${bad + 1}: a β of ${betas[bad]}: it is between 0 and 1`)
  let logAlphaBar = 0
  return discreteProcess(
    'variance-preserving',
    betas.map(beta => logSnrOfAlphaBar((logAlphaBar += Math.log1p(-beta)))),
  )
}

/**
 * βₜ = 1 − ᾱₜ/ᾱ_{t−1} for t = 1 … T: `betasOf(process)[t − 1]`.
 * @throws ProcessError unless the process preserves variance
 */
export const betasOf = ({ family, levels }: DiscreteProcess): readonly number[] => {
  if (family !== 'variance-preserving') throw new ProcessError(`betasOf: a ${family} process has no β`)
  const logs = levels.map(({ logSnr }) => logAlphaBarOf(logSnr))
  return logs.slice(1).map((log, i) => -Math.expm1(log - logs[i]))
}
