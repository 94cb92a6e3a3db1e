import {
  abs,
  exp,
  expm1,
  log,
  neg,
  normal,
  square,
  type Requires,
  type Shape,
  type ShapeOf,
} from '@elbo/tensor'
import { above, atMost, below, both, choose, minus, plus, times, type Real } from '../arithmetic.js'
import { distribution } from '../distribution.js'
import type { Parameter, Together } from '../parameters.js'
import { halfLogTwoPi, logNormalCdf, normalCdf, normalQuantile } from '../special/index.js'
import { discretised, type Discretised, type Standard } from './discretised.js'

export interface DiscretisedNormal<B extends Shape = Shape> extends Discretised<B> {
  readonly family: 'DiscretisedNormal'
}

/** Gauss's rule with six nodes on [−½, ½]: half of it. */
const gauss = [
  { node: 0.11930959304159845, weight: 0.46791393457269104 },
  { node: 0.33060469323313224, weight: 0.3607615730481386 },
  { node: 0.46623475710157603, weight: 0.17132449237917036 },
]

/** ln ∫ φ over a bin across which the density changes little: the density at its middle, times the mean of what it is relative to that. */
const logNarrow = (middle: Real, width: Real): Real => {
  const tilt = times(middle, width)
  const mean = gauss
    .map(({ node, weight }) => {
      const bend = exp(times(square(width), -0.5 * node * node))
      return times(bend, plus(exp(times(tilt, node)), exp(times(tilt, -node))), weight / 2)
    })
    .reduce((a, b) => plus(a, b))
  return minus(plus(times(square(middle), -0.5), log(width), log(mean)), halfLogTwoPi)
}

/** ln(Φ(high) − Φ(low)) of a bin across which Φ of its lower tail changes by a factor. */
const logWide = (low: Real, middle: Real, high: Real): Real => {
  const isUpper = above(middle, 0)
  const [from, to] = [choose(isUpper, neg(high), low), choose(isUpper, neg(low), high)]
  const [logFrom, logTo] = [logNormalCdf(from), logNormalCdf(to)]
  return plus(logTo, log(neg(expm1(minus(logFrom, logTo)))))
}

const standard: Standard = {
  cdf: normalCdf,
  logCdf: logNormalCdf,
  logUpper: z => logNormalCdf(neg(z)),
  logBetween: ({ low, middle, high, width }) => {
    const isNarrow = both(atMost(width, 1), below(times(abs(middle), width), 2))
    // Each branch is given a bin of its own kind where it is not chosen.
    const narrow = logNarrow(choose(isNarrow, middle, 0), choose(isNarrow, width, 1))
    const wide = logWide(choose(isNarrow, -2, low), choose(isNarrow, -1, middle), choose(isNarrow, 0, high))
    return choose(isNarrow, narrow, wide)
  },
  quantile: normalQuantile,
  draw: shape => normal(shape),
}

/**
 * The normal distribution with loc μ and scale σ > 0, in units of levels, rounded to the levels 0 … n − 1 (256 for the pixels of an image;
 * Ho, Jain and Abbeel 2020, Denoising Diffusion Probabilistic Models, eq. 13):
 *
 *   P(x) = Φ((x + ½ − μ)/σ) − Φ((x − ½ − μ)/σ), the first and last level with the tails
 *
 * For values scaled to [−1, 1], μ = (loc + 1)(n − 1)/2 and σ = scale·(n − 1)/2.
 * @throws ParameterError `DiscretisedNormal: levels must be a whole number from 2, but is 1`
 */
export const DiscretisedNormal = <const L extends Parameter, const S extends Parameter>(
  about: { readonly loc: L; readonly scale: S; readonly levels: number } & Requires<
    Together<'DiscretisedNormal: loc, scale', [L, S]>
  >,
): DiscretisedNormal<ShapeOf<Together<'DiscretisedNormal: loc, scale', [L, S]>>> =>
  distribution<DiscretisedNormal<ShapeOf<Together<'DiscretisedNormal: loc, scale', [L, S]>>>>(
    discretised('DiscretisedNormal', about, standard),
  )
