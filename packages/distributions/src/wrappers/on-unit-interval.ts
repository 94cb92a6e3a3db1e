import { abs, arange, cast, expandDims, floor, square, type Shape } from '@elbo/tensor'
import { atLeast, atMost, both, minus, over, plus, sumLast, times, type Real } from '../arithmetic.js'
import {
  assemble,
  inside,
  type AnyDistribution,
  type BatchOf,
  type CapabilitiesOf,
  type Distribution,
  type Dynamic,
} from '../distribution.js'

/** A distribution over levels, whose values are numbers of the unit interval. */
export type OnUnitInterval<P extends AnyDistribution> = Distribution<
  BatchOf<P>,
  [],
  'f32',
  | Exclude<CapabilitiesOf<P>, 'reparameterized' | 'cdf' | 'icdf'>
  | (P['family'] extends 'Categorical' ? 'mean' | 'variance' : never)
> & {
  readonly family: 'OnUnitInterval'
  readonly parameters: { readonly base: P }
}

/** How far a value may be from its level, in levels: single precision is 16 times as close up to 65,536 of them. */
const slack = 0.0625

/** An index has no mean, but a number has. */
const momentsOf = (d: Dynamic): Pick<Dynamic, 'mean' | 'variance'> => {
  if (d.family !== 'Categorical') return d
  const { probs } = d.parameters as { readonly probs: Real }
  const index = arange(probs.shape[probs.shape.length - 1])
  const average = (of: Real): Real => sumLast(times(probs, of), 1)
  return {
    mean: () => average(index),
    variance: () => average(square(minus(index, expandDims(-1)(average(index))))),
  }
}

/**
 * The levels 0 … n − 1 of a distribution as the numbers 0, 1/(n − 1), …, 1, such as the intensities of pixels: ln P(x) is that of the level
 * x·(n − 1), a probability and no density.
 * @throws RangeError `onUnitInterval: Poisson has no levels 0 … n − 1`
 */
export const onUnitInterval = <P extends AnyDistribution & { readonly eventShape: readonly [] }>(
  base: P,
): OnUnitInterval<P> => {
  const d = inside(base)
  const { sample, mode, entropy, enumerateSupport } = d
  const { mean, variance } = momentsOf(d)
  const [first, last] = d.support.discrete ? (d.support.bounds ?? []) : []
  if (first !== 0 || typeof last !== 'number' || !(last >= 1 && last < Infinity))
    throw new RangeError(`onUnitInterval: ${d.family} has no levels 0 … n − 1`)
  const nearest = (x: Real): Real => floor(plus(times(x, last), 0.5))
  const placed = (level: Real): Real => over(cast('f32')(level), last)
  return assemble({
    family: 'OnUnitInterval',
    parameters: { base },
    checks: d.checks,
    batchShape: d.batchShape,
    support: {
      name: 'unitLevels',
      described: `one of ${last + 1} levels in [0, 1]`,
      eventRank: 0,
      discrete: true,
      bounds: [0, 1],
      witness: 0,
      contains: x =>
        both(
          both(atLeast(nearest(x), 0), atMost(nearest(x), last)),
          atMost(abs(minus(times(x, last), nearest(x))), slack),
        ),
    },
    logProb: x => d.logProb((cast(d.dtype) as (x: Real) => Real)(nearest(x))),
    ...(sample && {
      sample: (shape: Shape) => {
        const draw = sample(shape.slice(0, shape.length - d.batchShape.length))
        return key => placed(draw(key))
      },
    }),
    ...(mean && { mean: () => placed(mean()) }),
    ...(variance && { variance: () => over(variance(), last ** 2) }),
    ...(mode && { mode: () => placed(mode()) }),
    ...(entropy && { entropy }),
    ...(enumerateSupport && { enumerateSupport: () => placed(enumerateSupport()) }),
  }) as unknown as OnUnitInterval<P>
}
