import { ShapeError, type Shape } from '@elbo/tensor'
import { allLast, sumLast, type Real } from '../arithmetic.js'
import {
  assemble,
  inside,
  type AnyDistribution,
  type BatchOf,
  type CapabilitiesOf,
  type Distribution,
  type DTypeOf,
  type EventOf,
} from '../distribution.js'
import type { Cut } from '../shapes.js'

/** A distribution whose last batch axes belong to the event. */
export type Independent<P extends AnyDistribution, N extends number> = Distribution<
  Cut<BatchOf<P>, N>['front'],
  [...Cut<BatchOf<P>, N>['back'], ...EventOf<P>],
  DTypeOf<P>,
  Exclude<CapabilitiesOf<P>, 'cdf' | 'icdf' | 'enumerateSupport'>
> & {
  readonly family: 'Independent'
  readonly parameters: { readonly base: P; readonly axes: N }
}

/**
 * `toEvent(n)(d)`: the last n axes of the batch become part of the event, whose elements stay independent: ln p of an event is the sum over
 * them.
 * @throws ShapeError `toEvent: the batch [3] has no 2 axes`
 */
export const toEvent =
  <const N extends number>(axes: N) =>
  <P extends AnyDistribution>(base: P): Independent<P, N> => {
    const d = inside(base)
    const rank = d.batchShape.length
    if (!Number.isInteger(axes) || axes < 0 || axes > rank)
      throw new ShapeError(`toEvent: the batch [${d.batchShape.join(', ')}] has no ${axes} axes`)
    const { support, sample } = d
    const { contains } = support
    return assemble({
      family: 'Independent',
      parameters: { base, axes },
      checks: d.checks,
      batchShape: d.batchShape.slice(0, rank - axes),
      eventShape: [...d.batchShape.slice(rank - axes), ...d.eventShape],
      dtype: d.dtype,
      support: {
        name: support.name,
        described: support.described,
        discrete: support.discrete,
        witness: support.witness,
        eventRank: support.eventRank + axes,
        ...(contains && { contains: (x: Real) => allLast(contains(x), axes) }),
        ...(support.bounds && { bounds: support.bounds }),
      },
      logProb: x => sumLast(d.logProb(x), axes),
      ...(d.reparameterized && { reparameterized: true as const }),
      ...(sample && {
        sample: (shape: Shape) => sample(shape.slice(0, shape.length - rank - d.eventShape.length)),
      }),
      ...(d.mean && { mean: d.mean }),
      ...(d.variance && { variance: d.variance }),
      ...(d.mode && { mode: d.mode }),
      ...(d.entropy && { entropy: () => sumLast((d.entropy as () => Real)(), axes) }),
    }) as unknown as Independent<P, N>
  }
