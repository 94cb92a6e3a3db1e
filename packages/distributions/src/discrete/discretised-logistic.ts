import {
  expm1,
  log,
  log1p,
  logSigmoid,
  neg,
  sigmoid,
  type Requires,
  type Shape,
  type ShapeOf,
} from '@elbo/tensor'
import { minus, plus } from '../arithmetic.js'
import { distribution } from '../distribution.js'
import type { Parameter, Together } from '../parameters.js'
import { exactLog } from '../sampling/exact.js'
import { openUniform } from '../sampling/uniform.js'
import { discretised, type Discretised, type Standard } from './discretised.js'

export interface DiscretisedLogistic<B extends Shape = Shape> extends Discretised<B> {
  readonly family: 'DiscretisedLogistic'
}

const logistic: Standard = {
  cdf: sigmoid,
  logCdf: logSigmoid,
  logUpper: z => logSigmoid(neg(z)),
  // σ(b) − σ(a) = σ(b)σ(−a)(1 − e^(a − b)): nothing cancels.
  logBetween: ({ low, high, width }) =>
    plus(logSigmoid(high), logSigmoid(neg(low)), log(neg(expm1(neg(width))))),
  quantile: p => minus(log(p), log1p(neg(p))),
  draw: shape => key => {
    const u = openUniform(shape)(key)
    return minus(exactLog(u), exactLog(minus(1, u)))
  },
}

/**
 * The logistic distribution with loc μ and scale s > 0, in units of levels, rounded to the levels 0 … n − 1 (256 for the pixels of an image;
 * Salimans, Karpathy, Chen and Kingma 2017, PixelCNN++, 2.1):
 *
 *   P(x) = σ((x + ½ − μ)/s) − σ((x − ½ − μ)/s), the first and last level with the tails
 *
 * For values scaled to [−1, 1], μ = (loc + 1)(n − 1)/2 and s = scale·(n − 1)/2.
 * @throws ParameterError `DiscretisedLogistic: levels must be a whole number from 2, but is 1`
 */
export const DiscretisedLogistic = <const L extends Parameter, const S extends Parameter>(
  about: { readonly loc: L; readonly scale: S; readonly levels: number } & Requires<
    Together<'DiscretisedLogistic: loc, scale', [L, S]>
  >,
): DiscretisedLogistic<ShapeOf<Together<'DiscretisedLogistic: loc, scale', [L, S]>>> =>
  distribution<DiscretisedLogistic<ShapeOf<Together<'DiscretisedLogistic: loc, scale', [L, S]>>>>(
    discretised('DiscretisedLogistic', about, logistic),
  )
