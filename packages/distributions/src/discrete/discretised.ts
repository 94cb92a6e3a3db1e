import {
  arange,
  argmax,
  cast,
  ceil,
  exp,
  floor,
  reshape,
  stopGradient,
  sum,
  type Draw,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import {
  above,
  atLeast,
  below,
  both,
  choose,
  equal,
  larger,
  minus,
  over,
  plus,
  smaller,
  spread,
  times,
  type Real,
} from '../arithmetic.js'
import { positive, real, wholeInterval } from '../constraints/index.js'
import type { Distribution } from '../distribution.js'
import { ParameterError, parameters, type Parameter } from '../parameters.js'

/** A distribution over the levels 0 … n − 1. */
export type Discretised<B extends Shape> = Distribution<
  B,
  [],
  'f32',
  'sample' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf' | 'enumerateSupport'
> & {
  readonly parameters: { readonly loc: Tensor<B>; readonly scale: Tensor<B> }
}

/** A distribution on the line, around 0 with scale 1. */
export interface Standard {
  readonly cdf: (z: Real) => Real
  readonly logCdf: (z: Real) => Real
  /** ln P(Z > z). */
  readonly logUpper: (z: Real) => Real
  /** ln P(low < Z ≤ high) around the middle, `width` apart. */
  readonly logBetween: (bin: {
    readonly low: Real
    readonly middle: Real
    readonly high: Real
    readonly width: Real
  }) => Real
  /** The inverse of `cdf`. */
  readonly quantile: (p: Real) => Real
  /** In exact operations. */
  readonly draw: (shape: Shape) => Draw<Real>
}

interface About {
  readonly loc: Parameter
  readonly scale: Parameter
  readonly levels: number
}

/**
 * What is left of a distribution on the line when its values round to the nearest of the levels 0 … n − 1: the first and the last have the
 * tails. Moments are sums over the levels.
 * @throws ParameterError `DiscretisedNormal: levels must be a whole number from 2, but is 1`
 */
export const discretised = (family: string, about: About, standard: Standard) => {
  const { levels } = about
  if (!Number.isInteger(levels) || levels < 2)
    throw new ParameterError(
      family,
      'levels',
      { ...real, name: 'levels', described: 'a whole number from 2' },
      levels,
    )
  const given = parameters(family, { loc: [about.loc, real], scale: [about.scale, positive] })
  const { loc, scale } = given.values
  const last = levels - 1
  const standardised = (x: Real): Real => over(minus(x, loc), scale)
  const logProb = (x: Real): Real => {
    const off = minus(x, loc)
    const [low, middle, high] = [-0.5, 0, 0.5].map(by => over(plus(off, by), scale))
    const inner = standard.logBetween({ low, middle, high, width: over(1, scale) })
    return choose(equal(x, 0), standard.logCdf(high), choose(equal(x, last), standard.logUpper(low), inner))
  }
  const cdf = (x: Real): Real => standard.cdf(standardised(plus(x, 0.5)))
  const column = reshape([levels, ...given.batchShape.map(() => 1)]) as (x: Real) => Real
  const all = spread([levels, ...given.batchShape])(column(arange(levels)))
  const overLevels = (f: (logs: Real, masses: Real) => Real): Real => {
    const logs = logProb(all)
    return (sum(0) as (x: Real) => Real)(f(logs, exp(logs)))
  }
  const mean = (): Real => overLevels((_, masses) => times(all, masses))
  return {
    ...given,
    family,
    parameters: given.values,
    support: wholeInterval(0, last),
    logProb,
    sample: (shape: Shape) => (key: Key) => {
      const x = plus(stopGradient(loc), times(stopGradient(scale), standard.draw(shape)(key)))
      return smaller(larger(floor(plus(x, 0.5)), 0), last)
    },
    mean,
    variance: () => {
      const off = minus(all, mean())
      return overLevels((_, masses) => times(off, off, masses))
    },
    mode: () => cast('f32')((argmax(0) as (x: Real) => Tensor<Shape, 'i32'>)(logProb(all))),
    // A level without mass has no part.
    entropy: () =>
      overLevels((logs, masses) =>
        times(choose(equal(masses, 0), 0, masses), choose(equal(masses, 0), 0, logs), -1),
      ),
    cdf,
    icdf: (p: Real) => {
      const nearest = ceil(minus(plus(loc, times(scale, standard.quantile(p))), 0.5))
      const guess = stopGradient(smaller(larger(nearest, 0), last))
      // Next to a step of the distribution function the quantile may round to either side.
      const isShort = both(below(guess, last), below(cdf(guess), p))
      const isFar = both(above(guess, 0), atLeast(cdf(minus(guess, 1)), p))
      return plus(guess, choose(isShort, 1, choose(isFar, -1, 0)))
    },
    enumerateSupport: () => all,
  }
}
