import { any, expandDims, ShapeError, take, tensor, type Shape } from '@elbo/tensor'
import { larger, smaller, spread, type Operand, type Real, type Truth } from '../arithmetic.js'
import type { BoundedSupport } from '../constraints/index.js'
import type { Categorical } from '../discrete/categorical.js'
import {
  inside,
  type AnyDistribution,
  type Distribution,
  type DTypeOf,
  type EventOf,
} from '../distribution.js'
import { axisBefore, mix, type Mixed } from './mixing.js'

/** A mixture whose components are the last axis of one batch. */
export type MixtureSameFamily<
  B extends Shape = Shape,
  C extends AnyDistribution = AnyDistribution,
> = Distribution<B, EventOf<C>, DTypeOf<C>, Mixed<C>> & {
  readonly family: 'MixtureSameFamily'
  readonly parameters: { readonly mixing: Categorical<B>; readonly components: C }
}

/** The least and the greatest of bounds along the last axis, where they are numbers of their own. */
const extremes = ({ bounds: [low, high] }: BoundedSupport, batch: Shape): readonly [Operand, Operand] => {
  const over = (x: Operand, join: (a: Operand, b: Operand) => Real): Operand => {
    if (typeof x === 'number') return x
    const spreadOut = spread(batch)(x)
    const parts = Array.from({ length: batch[batch.length - 1] }, (_, i) =>
      (take(tensor([i], [], 'i32'), -1) as (x: Real) => Real)(spreadOut),
    )
    return parts.reduce(join)
  }
  return [over(low, smaller), over(high, larger)]
}

const anyLast = (x: Truth): Truth => (any(-1) as (x: Truth) => Truth)(x)

/**
 * A mixture of distributions of one family, the last axis of `components`' batch, with the weights of a categorical distribution:
 *
 *   p(x) = Σ_k w_k p_k(x)
 *
 * `mixing` has the batch [B], `components` [B, K].
 * @throws ShapeError `MixtureSameFamily: components have the batch [3, 2], mixing has [4]`
 */
export const MixtureSameFamily = <B extends Shape, C extends AnyDistribution>(about: {
  readonly mixing: Categorical<B>
  readonly components: C
}): MixtureSameFamily<B, C> => {
  const d = inside(about.components)
  const mixing = inside(about.mixing)
  const rank = d.eventShape.length
  const { support, sample, cdf } = d
  if (d.batchShape.slice(0, -1).join() !== mixing.batchShape.join() || d.batchShape.length === 0)
    throw new ShapeError(
      `MixtureSameFamily: components have the batch [${d.batchShape.join(', ')}], mixing has [${mixing.batchShape.join(', ')}]`,
    )
  const { contains, witness, bounds } = support
  return mix('MixtureSameFamily', about.mixing, about.components, d.checks, {
    count: d.batchShape[d.batchShape.length - 1],
    eventShape: d.eventShape,
    dtype: d.dtype,
    support: { ...support, witness: typeof witness === 'number' ? witness : 0 },
    bounds: bounds && extremes({ ...support, bounds }, d.batchShape),
    contains: contains && (x => anyLast(contains(axisBefore(rank, x)))),
    logProb: x => d.logProb(axisBefore(rank, x)),
    sample: sample && (front => sample(front.slice(0, front.length - mixing.batchShape.length))),
    mean: d.mean,
    variance: d.variance,
    cdf: cdf && (x => cdf(expandDims(-1)(x))),
  }) as unknown as MixtureSameFamily<B, C>
}
