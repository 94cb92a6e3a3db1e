import { Categorical } from '@elbo/distributions'
import {
  expandDims,
  log,
  logSumExp,
  normal,
  softmax,
  split,
  square,
  sum,
  take,
  tensor,
  type Draw,
  type Key,
} from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import type { Level } from '../process/level.js'
import { ProcessError } from '../process/process-error.js'
import { perComponent, type ExactData, type PerRow, type RowLevel, type Rows } from './exact-data.js'

/** Normal distributions with independent coordinates, in d dimensions, each with its weight. */
export interface GaussianMixture {
  readonly weights: readonly number[]
  /** [K][d] */
  readonly means: readonly (readonly number[])[]
  /** Standard deviations, [K][d]. */
  readonly deviations: readonly (readonly number[])[]
}

/** Of each row and each component: the log of its weighted density, [n, K], and E[x | z, k] and E[ε | z, k], [n, K, d]. */
const partsOf =
  ({ weights, means, deviations }: GaussianMixture) =>
  (z: Rows, level: RowLevel): { readonly logs: Real; readonly x: Real; readonly epsilon: Real } => {
    const size = [means.length, means[0].length] as const
    const mean: Real = tensor(means.flat(), size)
    const variance: Real = tensor(
      deviations.flat().map(s => s * s),
      size,
    )
    const [alpha, sigma] = [perComponent(level.alpha), perComponent(level.sigma)]
    const error = minus(expandDims(1)(z), times(mean, alpha))
    const total = plus(times(variance, square(alpha)), square(sigma))
    const scaled = over(error, total)
    const logWeights: Real = tensor(
      weights.map(w => Math.log(w) - (size[1] / 2) * Math.log(2 * Math.PI)),
      [size[0]],
    )
    const distance = plus(times(error, scaled), log(total))
    return {
      logs: plus(times((sum(-1) as (x: Real) => Real)(distance), -0.5), logWeights),
      x: plus(times(scaled, variance, alpha), mean),
      epsilon: times(scaled, sigma),
    }
  }

/** @throws ProcessError unless there are as many weights, means and deviations, of one dimension, and weights of sum 1 */
const requireMixture = ({ weights, means, deviations }: GaussianMixture): void => {
  const dimension = means[0]?.length
  const one = [...means, ...deviations].every(row => row.length === dimension && row.length > 0)
  if (weights.length === 0 || weights.length !== means.length || weights.length !== deviations.length || !one)
    throw new ProcessError('mixture: a weight, a mean and deviations for each component, in one dimension')
  const total = weights.reduce((a, b) => a + b, 0)
  if (!weights.every(w => w > 0) || Math.abs(total - 1) > 1e-9)
    throw new ProcessError(`mixture: weights of sum ${total}: they are positive, and their sum is 1`)
  if (!deviations.flat().every(s => s > 0)) throw new ProcessError('mixture: a deviation is positive')
}

/**
 * A mixture of normal distributions under noise: z is one too, with means α m and variances α² s² + σ². Given the component, x and ε are linear in z:
 * E[x | z, k] = m + α s² (z − α m)/(α² s² + σ²), and E[ε | z, k] = σ (z − α m)/(α² s² + σ²); P(k | z) by Bayes' rule.
 * @throws ProcessError for weights, means and deviations that are no mixture
 */
export const exactMixture = (mixture: GaussianMixture): ExactData => {
  requireMixture(mixture)
  const parts = partsOf(mixture)
  return {
    sample:
      (count): Draw<Rows> =>
      key => {
        const [forComponent, forNoise] = split(key, 2) as readonly [Key, Key]
        const { weights, means, deviations } = mixture
        const size = [means.length, means[0].length] as const
        const of = Categorical({ probs: weights as number[] }).sample([count])(forComponent)
        const chosen = (values: readonly (readonly number[])[]): Real =>
          take(of, 0)(tensor(values.flat(), size))
        const standard: Real = normal([count, size[1]])(forNoise)
        return plus(chosen(means), times(standard, chosen(deviations))) as unknown as Rows
      },
    denoiser: (z, level) => {
      const { logs, x, epsilon } = parts(z, level)
      const share = expandDims(-1)(softmax(-1)(logs)) as Real
      const mean = (of: Real): Rows => (sum(1) as (x: Real) => Real)(times(of, share)) as unknown as Rows
      return { x: mean(x), epsilon: mean(epsilon) }
    },
    logDensity: (z, level) => (logSumExp(-1) as (x: Real) => Real)(parts(z, level).logs) as unknown as PerRow,
  }
}

/** ln q(z) of one number, in double precision. */
const logDensityAt = ({ weights, means, deviations }: GaussianMixture, { alpha, sigma }: Level) => {
  const [centres, spreads] = [
    means.map(([m]) => alpha * m),
    deviations.map(([s]) => Math.hypot(alpha * s, sigma)),
  ]
  return (z: number): number => {
    const logs = centres.map(
      (m, k) =>
        Math.log(weights[k] / spreads[k]) - 0.5 * ((z - m) / spreads[k]) ** 2 - 0.5 * Math.log(2 * Math.PI),
    )
    const most = Math.max(...logs)
    return most + Math.log(logs.reduce((all, l) => all + Math.exp(l - most), 0))
  }
}

/**
 * The entropy of z at a level, in nats, for a mixture on the line: the integral of −q ln q by the trapezoidal rule, which for a smooth function that
 * vanishes at both ends errs by less than any power of the step (Trefethen and Weideman 2014). An eighth of the least deviation as the step and
 * twelve deviations on either side leave rounding alone.
 * @throws ProcessError for a mixture in more dimensions
 */
export const mixtureEntropy = (mixture: GaussianMixture, level: Level): number => {
  requireMixture(mixture)
  if (mixture.means[0].length !== 1)
    throw new ProcessError('mixtureEntropy: a mixture on the line; see entropyEstimate')
  const { alpha, sigma } = level
  const spreads = mixture.deviations.map(([s]) => Math.hypot(alpha * s, sigma))
  const log = logDensityAt(mixture, level)
  const low = Math.min(...mixture.means.map(([m], k) => alpha * m - 12 * spreads[k]))
  const high = Math.max(...mixture.means.map(([m], k) => alpha * m + 12 * spreads[k]))
  const step = Math.min(...spreads) / 8
  let total = 0
  for (let z = low; z < high; z += step) {
    const l = log(z)
    total -= Math.exp(l) * l * step
  }
  return total
}

/** The mixture on the line of Prince's notebook 18.3 (Understanding Deep Learning, chapter 18). */
export const princeMixture: GaussianMixture = {
  weights: [0.2, 0.3, 0.35, 0.15],
  means: [[1.5], [-0.216], [0.45], [-1.875]],
  deviations: [[0.3], [0.15], [0.525], [0.075]],
}

/** Round normal distributions, evenly on a circle in the plane. */
export const ringMixture = ({
  count = 8,
  radius,
  deviation,
}: {
  readonly count?: number
  readonly radius: number
  readonly deviation: number
}): GaussianMixture => {
  const angles = Array.from({ length: count }, (_, k) => (2 * Math.PI * k) / count)
  return {
    weights: angles.map(() => 1 / count),
    means: angles.map(angle => [radius * Math.cos(angle), radius * Math.sin(angle)]),
    deviations: angles.map(() => [deviation, deviation]),
  }
}
