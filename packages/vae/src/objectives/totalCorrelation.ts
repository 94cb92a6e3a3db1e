import { pipe } from 'fp-ts/lib/function.js'
import {
  add,
  constant,
  expandDims,
  logSumExp,
  mean,
  mul,
  ndarray,
  neg,
  sub,
  sum,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import type { OverPixels } from '../likelihoods/likelihood.js'
import type { Gaussian } from '../posteriors/gaussian.js'
import type { OverCodes } from '../priors/prior.js'
import type { Vae } from '../vae.js'
import type { Objective, PerExample } from './objective.js'
import { drawnTerms, logProb } from './terms.js'

export interface TotalCorrelationOptions {
  /** The weight of the total correlation. */
  readonly beta: number
  /** Examples that batches are drawn from. */
  readonly examples: number
  /**
   * How the aggregate posterior q(z) is estimated from a batch: every member of it counts 1/(NM) (`weighted`, as in the paper's experiments), or
   * as its appendix C.2 has it (`stratified`), which is unbiased for q(z).
   */
  readonly estimator?: 'weighted' | 'stratified'
}

type Real = Tensor<Shape>

/** ln of what the j-th member of a batch counts in q(z) of the i-th code, one row for each code. */
export const logShares = (
  batch: number,
  { examples, estimator = 'weighted' }: TotalCorrelationOptions,
): Real => {
  const others = batch - 1
  const share = (i: number, j: number): number =>
    estimator === 'weighted'
      ? 1 / (examples * batch)
      : i === j
        ? 1 / examples
        : j === (i + 1) % batch
          ? (examples - others) / (examples * others)
          : 1 / others
  return constant(
    ndarray(
      Array.from({ length: batch * batch }, (_, n) => Math.log(share(Math.floor(n / batch), n % batch))),
      [batch, batch],
    ),
  )
}

/**
 * The decomposition of the mean KL[q(z | x) ‖ P(z)] (Chen et al. 2018, section 3): mutual information of x and z, total correlation of the
 * coordinates, and the coordinates' own divergences from the prior. q(z) and its coordinates' densities are estimated from the batch.
 */
const decomposed = (
  q: Gaussian<number>,
  p: OverCodes<number>,
  z: Tensor<readonly [number, number]>,
  options: TotalCorrelationOptions,
) => {
  const shares = logShares(z.shape[0], options)
  // [i, j, d]: ln q(z_id | x_j).
  const { base } = q.parameters
  const pairs = base.logProb(expandDims(1)(z))
  const whole = pipe(
    pairs,
    sum(2) as (x: Real) => Real,
    add(shares) as (x: Real) => Real,
    logSumExp(1),
  ) as Tensor as PerExample
  const parts = pipe(
    pairs,
    add(expandDims(2)(shares) as Real) as (x: Real) => Real,
    logSumExp(1) as (x: Real) => Real,
    sum(1),
  ) as Tensor as PerExample
  return {
    mutualInformation: mean()(sub(whole)(logProb(z)(q))),
    totalCorrelation: mean()(sub(parts)(whole)),
    dimensionKl: mean()(sub(logProb(z)(p))(parts)),
  }
}

/**
 * β-TC-VAE (Chen et al. 2018): −E[ln P(x | z)] + I(x; z) + β·TC(z) + Σ KL[q(z_d) ‖ P(z_d)], the mean over a batch. Of its own: the three parts of
 * the divergence, in nats. The prior's coordinates should be independent for the last to be what it is called.
 * @throws RangeError unless a batch has two examples, and no more than there are.
 */
export const totalCorrelationLoss =
  (options: TotalCorrelationOptions) =>
  <A>(model: Vae<A, Gaussian<number>, OverPixels<number>, OverCodes<number>>): Objective<A> =>
  (parameters, x, key) => {
    const [batch] = x.shape
    if (batch < 2 || batch > options.examples)
      throw new RangeError(
        `totalCorrelationLoss: a batch of ${batch} from ${options.examples} examples: it has from 2 to all of them`,
      )
    const { q, p, z, reconstruction, kl, elbo } = drawnTerms(model, parameters, x, key)
    const parts = decomposed(q, p, z, options)
    const reconstructed = mean()(reconstruction)
    const divergence = pipe(
      parts.totalCorrelation,
      mul(options.beta),
      add(parts.mutualInformation),
      add(parts.dimensionKl),
    )
    return [
      neg(sub(divergence)(reconstructed)),
      { elbo: mean()(elbo), reconstruction: reconstructed, kl: mean()(kl), ...parts },
    ]
  }
