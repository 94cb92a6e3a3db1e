import type { Shape, Tensor } from '@elbo/tensor'
import { Normal, toEvent, type Independent } from '@elbo/distributions'
import { plus, times, type Real } from '../arithmetic.js'
import { ProgramError } from '../sentence.js'
import { byLevel } from './by-level.js'
import { level, type ChainGuide, type Level } from './markov.js'

/** z_t = aₜ z_{t−1} + √bₜ ε with ε ~ Norm[0, I], from z₀ = x, for t = 1 … T. */
export interface GaussianProcess {
  /** aₜ */
  readonly scales: readonly number[]
  /** bₜ > 0 */
  readonly variances: readonly number[]
}

/** q(z_t | x) = Norm[Aₜ x, Vₜ I]. */
export interface Marginals {
  /** Aₜ = Π a, for t = 1 … T. */
  readonly scales: readonly number[]
  /** Vₜ = aₜ² V_{t−1} + bₜ, V₀ = 0. */
  readonly variances: readonly number[]
}

/** @throws ProgramError unless there is a scale for each variance, and variances are positive */
export const marginalsOf = ({ scales, variances }: GaussianProcess): Marginals => {
  if (scales.length === 0 || scales.length !== variances.length)
    throw new ProgramError(
      `gaussianEncoder: ${scales.length} scales and ${variances.length} variances: one of each for every level`,
    )
  const bad = scales.findIndex(
    (a, i) => !Number.isFinite(a) || !(variances[i] > 0 && variances[i] < Infinity),
  )
  if (bad >= 0)
    throw new ProgramError(
      `gaussianEncoder: level ${bad + 1}: a scale of ${scales[bad]} and a variance of ${variances[bad]}: finite, and the variance positive`,
    )
  const products: number[] = []
  const sums: number[] = []
  scales.forEach((a, i) => {
    products.push(a * (products[i - 1] ?? 1))
    sums.push(a * a * (sums[i - 1] ?? 0) + variances[i])
  })
  return { scales: products, variances: sums }
}

/**
 * A fixed encoder: every step scales, and adds independent normal noise. All of its distributions are known:
 *
 *   q(z_t | x) = Norm[Aₜ x, Vₜ I]
 *   q(z_{t−1} | z_t, x) = Norm[(bₜ A_{t−1} x + aₜ V_{t−1} z_t)/Vₜ, bₜ V_{t−1}/Vₜ I]
 *
 * by Bayes' rule for normal densities (Bishop 2006, eq. 2.116). With aₜ = √(1 − βₜ) and bₜ = βₜ it is the noise of a diffusion (Ho et al. 2020,
 * eq. 4 and 6). `gaussianEncoder(process, axes)(x)`: the last `axes` axes of x are one event.
 */
export const gaussianEncoder = <const N extends number>(process: GaussianProcess, axes: N) => {
  const { scales, variances } = marginalsOf(process)
  const length = scales.length
  const earlier = <T>(values: readonly T[], first: T): readonly T[] => [first, ...values.slice(0, -1)]
  const [before, spreadBefore] = [earlier(scales, 1), earlier(variances, 0)]
  const ratio = (f: (t: number) => number): readonly number[] => variances.map((total, t) => f(t) / total)
  const scaleAt = byLevel(scales)
  const deviationAt = byLevel(variances.map(Math.sqrt))
  const ofX = byLevel(ratio(t => process.variances[t] * before[t]))
  const ofZ = byLevel(ratio(t => process.scales[t] * spreadBefore[t]))
  const deviationOfStep = byLevel(ratio(t => process.variances[t] * spreadBefore[t]).map(Math.sqrt))
  return <S extends Shape>(
    x: Tensor<S>,
  ): ChainGuide<Independent<Normal<[...S]>, N>, Independent<Normal<[...S]>, N>> => {
    const normal = (loc: Real, scale: Real) =>
      toEvent(axes)(Normal({ loc, scale })) as unknown as Independent<Normal<[...S]>, N>
    const marginal = (t: Level) => normal(times(x, scaleAt(t)), deviationAt(t))
    return {
      length,
      top: marginal(level(length)),
      next: (t, z) => normal(plus(times(x, ofX(t)), times(z, ofZ(t))), deviationOfStep(t)),
      marginal,
    }
  }
}
