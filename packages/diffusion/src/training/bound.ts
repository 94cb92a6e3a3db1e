import { add, full, normal, split, square, take, tensor, type Key, type Shape } from '@elbo/tensor'
import { minus, plus, sumLast, times, type Real } from '../arithmetic.js'
import { imageLikelihood, levelsOfImage, pointLikelihood } from '../objective/likelihoods.js'
import { spreadSteps, type Steps } from '../objective/steps.js'
import type { Estimate } from '../process/denoiser.js'
import { divergenceWeight, priorDivergence } from '../objective/closed.js'
import type { Level } from '../process/level.js'
import { lengthOf, type DiscreteProcess } from '../process/discrete.js'
import { toEstimate } from '../process/prediction.js'
import type { Architecture, DenoiserParameters } from './architecture.js'
import { levelOfEach, said, type Denoising, type Examples } from './loss.js'

/** What the numbers of an example are: real, in units of a `scale`, or the 256 levels of a pixel, scaled to [−1, 1]. */
export type Kind = Architecture['kind']

/** The terms of −bound of each example, in nats: f32[batch]. */
export interface BoundTerms {
  readonly negativeBound: Real
  readonly reconstruction: Real
  readonly prior: Real
  readonly steps: Real
}

/** ln P(x | z₁) of each example: normal for points, and for pixels of 256 levels (Ho et al. 2020, eq. 13). */
const logLikelihood = (kind: Kind, process: DiscreteProcess, x: Real, estimate: Estimate<Shape>): Real => {
  const axes = x.shape.length - 1
  return kind === 'points'
    ? pointLikelihood(process, axes)(estimate).logProb(x)
    : imageLikelihood(process, axes)(estimate).logProb(levelsOfImage(x))
}

export interface BoundOptions {
  /** At how many levels the divergence of each example is looked at. */
  readonly draws: number
  /**
   * The variance of P(z_{t−1} | z_t), as `Reverse` has it. That of the transition is the right one where the density of the data changes little within
   * the noise, that of the posterior where they lie closer together than it.
   */
  readonly variances: 'posterior' | 'transition'
}

/** Points of a density, and pixels, most of which are black: many images differ less than the least noise. */
export const variancesOf = { points: 'transition', unet: 'posterior' } as const satisfies Readonly<
  Record<Kind, BoundOptions['variances']>
>

/**
 * The divergence of the step from t to t − 1 as a multiple of ‖x − x̂‖² and, for each dimension, a constant (Ho et al. 2020, eq. 5): with u the logarithm
 * of the model's variance over the posterior's it is e^−u times what it is with the same variance, and (e^−u − 1 + u)/2 more.
 */
const divergence = (earlier: Level, later: Level, variances: BoundOptions['variances']) => {
  const u = variances === 'posterior' ? 0 : 2 * Math.log(later.sigma / earlier.sigma)
  return { slope: Math.exp(-u) * divergenceWeight(earlier, later), constant: (Math.expm1(-u) + u) / 2 }
}

/**
 * An estimate of −bound of each example in the model's units, right in the mean over draws: its sum of T − 1 divergences by some of them, at steps that
 * are spread over the batch, its other terms as they are.
 */
export const estimatedBound =
  ({ network, process, prediction }: Denoising, kind: Kind, { draws, variances }: BoundOptions) =>
  (parameters: DenoiserParameters, { x, labels }: Examples, key: Key): BoundTerms => {
    const { levels, family } = process
    const length = lengthOf(process)
    const [count] = x.shape
    const axes = x.shape.length - 1
    const divergences = levels.map((later, t) =>
      t < 2 ? { slope: 0, constant: 0 } : divergence(levels[t - 1], later, variances),
    )
    const table = (of: readonly number[]): Real => tensor(of, [of.length])
    const slopes = table(divergences.map(({ slope }) => slope))
    // Of all steps, at once: it does not depend on what is drawn.
    const constant =
      x.shape.slice(1).reduce((a, b) => a * b, 1) * divergences.reduce((all, each) => all + each.constant, 0)
    const estimateAt = (steps: Steps, fresh: Key): Estimate<Shape> => {
      const level = levelOfEach(process, steps, x.shape.length)
      const epsilon: Real = normal(x.shape)(fresh)
      const z = plus(times(x, level.alpha), times(epsilon, level.sigma))
      return toEstimate(family, prediction)(z, level, said(network, parameters, z, level.time, labels))
    }
    const [first, ...rest] = split(key, 1 + 2 * draws)
    const one: Steps = full([count], 1, 'i32')
    const reconstruction = logLikelihood(kind, process, x, estimateAt(one, first))
    const prior = priorDivergence(process, axes)(x)
    const terms = Array.from({ length: length === 1 ? 0 : draws }, (_, i): Real => {
      const steps: Steps = add(1)(spreadSteps(length - 1)(count)(rest[2 * i]).steps)
      const error = sumLast(square(minus(x, estimateAt(steps, rest[2 * i + 1]).x)), axes)
      return times(error, take(steps, 0)(slopes), (length - 1) / draws)
    })
    const steps = terms.reduce<Real>((a, b) => plus(a, b), full([count], constant))
    return { negativeBound: minus(plus(prior, steps), reconstruction), reconstruction, prior, steps }
  }
