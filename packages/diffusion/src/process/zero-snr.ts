import { discreteProcess, lengthOf, type DiscreteProcess } from './discrete.js'
import { ProcessError } from './process-error.js'

/**
 * The process with √ᾱ shifted and scaled so that the last level has no signal and the first is as it was (Lin et al. 2024, Common Diffusion Noise
 * Schedules and Sample Steps Are Flawed, algorithm 1): √ᾱ′ₜ = √ᾱ₁ (√ᾱₜ − √ᾱ_T)/(√ᾱ₁ − √ᾱ_T). A network that says ε knows nothing of x there: v, x
 * or velocity do.
 * @throws ProcessError unless the process preserves variance and has two levels at least
 */
export const zeroTerminalSnr = (process: DiscreteProcess): DiscreteProcess => {
  const { family, levels } = process
  const length = lengthOf(process)
  if (family !== 'variance-preserving')
    throw new ProcessError(`zeroTerminalSnr: a ${family} process: for variance-preserving ones`)
  if (length < 2) throw new ProcessError('zeroTerminalSnr: one level: it is the first and the last')
  const [first, last] = [levels[1].alpha, levels[length].alpha]
  return discreteProcess(
    family,
    levels.slice(1).map(({ alpha, logSnr }, i) => {
      if (i === 0) return logSnr
      const scaled = (first * (alpha - last)) / (first - last)
      return 2 * Math.log(scaled) - Math.log1p(-scaled * scaled)
    }),
  )
}
