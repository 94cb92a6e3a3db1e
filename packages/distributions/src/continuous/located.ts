import { log, type Draw, type Shape } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import { line } from '../constraints/index.js'
import { openUniform } from '../sampling/uniform.js'

/** The member of a family on the line whose loc is 0 and whose scale is 1. */
export interface Standard {
  readonly logProb: (z: Real) => Real
  readonly cdf: (z: Real) => Real
  readonly icdf: (p: Real) => Real
  /** `icdf` in operations that round alike everywhere, for 0 < p < 1. */
  readonly draw: (p: Real) => Real
}

/** What loc + scale·Z has of a standard Z. Draws are its quantiles at uniform levels. */
export const located = (loc: Real, scale: Real, { logProb, cdf, icdf, draw }: Standard) => {
  const standardised = (x: Real): Real => over(minus(x, loc), scale)
  const placed = (z: Real): Real => plus(loc, times(scale, z))
  return {
    support: line,
    reparameterized: true,
    logProb: (x: Real): Real => minus(logProb(standardised(x)), log(scale)),
    sample:
      (shape: Shape): Draw<Real> =>
      key =>
        placed(draw(openUniform(shape)(key))),
    cdf: (x: Real): Real => cdf(standardised(x)),
    icdf: (p: Real): Real => placed(icdf(p)),
  } as const
}
