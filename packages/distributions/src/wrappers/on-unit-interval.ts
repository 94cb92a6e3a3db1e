import { abs, cast, floor, type Shape, type Tensor } from '@elbo/tensor'
import { atLeast, atMost, both, minus, over, plus, times, type Real } from '../arithmetic.js'
import {
  assemble,
  inside,
  type AnyDistribution,
  type BatchOf,
  type CapabilitiesOf,
  type Distribution,
} from '../distribution.js'

/** A distribution over levels, whose values are numbers of the unit interval. */
export type OnUnitInterval<P extends AnyDistribution> = Distribution<
  BatchOf<P>,
  [],
  'f32',
  Exclude<CapabilitiesOf<P>, 'reparameterized' | 'cdf' | 'icdf'>
> & {
  readonly family: 'OnUnitInterval'
  readonly parameters: { readonly base: P }
}

/** How far a value may be from its level, in levels: single precision is 16 times as close up to 65,536 of them. */
const slack = 0.0625

/**
 * The levels 0 … n − 1 of a distribution as the numbers 0, 1/(n − 1), …, 1, such as the intensities of pixels: ln P(x) is that of the level
 * x·(n − 1), a probability and no density.
 * @throws RangeError `onUnitInterval: Poisson has no levels 0 … n − 1`
 */
export const onUnitInterval = <P extends AnyDistribution & { readonly eventShape: readonly [] }>(
  base: P,
): OnUnitInterval<P> => {
  const d = inside(base)
  const { sample, mean, variance, mode, entropy, enumerateSupport } = d
  const [first, last] = d.support.discrete ? (d.support.bounds ?? []) : []
  if (first !== 0 || typeof last !== 'number' || !(last >= 1 && last < Infinity))
    throw new RangeError(`onUnitInterval: ${d.family} has no levels 0 … n − 1`)
  const nearest = (x: Real): Real => floor(plus(times(x, last), 0.5))
  const placed = (level: Real): Real => over(cast('f32')(level) as Tensor<Shape>, last)
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
    logProb: x => d.logProb(cast(d.dtype)(nearest(x)) as Tensor<Shape, typeof d.dtype> as Real),
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
