import { ShapeError, broadcastShapes, broadcastTo, type Shape, type Tensor } from '@elbo/tensor'
import { choose, type Truth } from '../arithmetic.js'
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

/** A distribution whose density counts in part. It has no distribution function, nor an entropy. */
export type Masked<P extends AnyDistribution> = Distribution<
  BatchOf<P>,
  EventOf<P>,
  DTypeOf<P>,
  Exclude<CapabilitiesOf<P>, 'cdf' | 'icdf' | 'entropy'>
> & {
  readonly family: 'Masked'
  readonly parameters: { readonly base: P; readonly condition: Tensor<Shape, 'bool'> }
}

/**
 * `mask(condition)(d)`: ln p is 0 where the condition is false, whatever the value: missing data, or the padding of a sequence.
 * @throws ShapeError `mask: [2] does not broadcast into the batch [3]`
 */
export const mask =
  (condition: Tensor<Shape, 'bool'>) =>
  <P extends AnyDistribution>(base: P): Masked<P> => {
    const d = inside(base)
    const { batchShape } = d
    const joint = broadcastShapes<string, readonly Shape[]>('mask', condition.shape, batchShape) as Shape
    if (joint.join() !== batchShape.join())
      throw new ShapeError(
        `mask: [${condition.shape.join(', ')}] does not broadcast into the batch [${batchShape.join(', ')}]`,
      )
    const { name, described, eventRank, discrete, witness, bounds } = d.support
    return assemble({
      family: 'Masked',
      parameters: { base, condition },
      checks: d.checks,
      batchShape,
      eventShape: d.eventShape,
      dtype: d.dtype,
      // Without `contains`: where nothing is asked, every value belongs. The base holds the others to its support.
      support: { name, described, eventRank, discrete, witness, ...(bounds && { bounds }) },
      logProb: x => {
        const own = d.logProb(x)
        const counts = (broadcastTo(own.shape) as (x: Truth) => Truth)(condition)
        return choose(counts, own, 0)
      },
      ...(d.reparameterized && { reparameterized: true as const }),
      ...(d.sample && {
        sample: (shape: Shape) =>
          (d.sample as NonNullable<typeof d.sample>)(
            shape.slice(0, shape.length - batchShape.length - d.eventShape.length),
          ),
      }),
      ...(d.mean && { mean: d.mean }),
      ...(d.variance && { variance: d.variance }),
      ...(d.mode && { mode: d.mode }),
      ...(d.enumerateSupport && { enumerateSupport: d.enumerateSupport }),
    }) as unknown as Masked<P>
  }
