import { reshape, ShapeError, transpose, type Draw, type Shape } from '@elbo/tensor'
import { spread, type Real } from '../arithmetic.js'
import {
  assemble,
  inside,
  type AnyDistribution,
  type CapabilitiesOf,
  type Distribution,
  type DTypeOf,
  type EventOf,
} from '../distribution.js'

/** A distribution repeated to a larger batch. */
export type Expanded<P extends AnyDistribution, B extends Shape> = Distribution<
  B,
  EventOf<P>,
  DTypeOf<P>,
  CapabilitiesOf<P>
> & {
  readonly family: 'Expanded'
  readonly parameters: { readonly base: P; readonly shape: B }
}

const shaped = (shape: Shape, x: Real): Real => (reshape(shape) as (x: Real) => Real)(x)

/**
 * Draws for a whole new batch, none of them twice: the axes that are new or grow from 1 are drawn as sample axes, and then moved to where
 * they belong.
 */
const drawing =
  (sample: (shape?: Shape) => Draw<Real>, base: Shape, batch: Shape, event: Shape) =>
  (shape: Shape): Draw<Real> => {
    const front = shape.slice(0, shape.length - event.length - base.length)
    const grown = base.flatMap((n, axis) => (n === batch[batch.length - base.length + axis] ? [] : [axis]))
    const sizes = grown.map(axis => batch[batch.length - base.length + axis])
    // [front, sizes, base, event] → [front, …(size, 1) or n…, event].
    const order = [
      ...front.map((_, axis) => axis),
      ...base.flatMap((_, axis) => {
        const own = front.length + sizes.length + axis
        const place = grown.indexOf(axis)
        return place < 0 ? [own] : [front.length + place, own]
      }),
      ...event.map((_, axis) => front.length + sizes.length + base.length + axis),
    ]
    return key => {
      const x = sample([...front, ...sizes])(key)
      return shaped(shape, (transpose(order) as (x: Real) => Real)(x))
    }
  }

/**
 * `expand(shape)(d)`: the batch broadcast to a larger one, every element a distribution of its own, with draws of its own.
 * @throws ShapeError `expand: the batch [3] does not broadcast to [2]`
 */
export const expand =
  <const B extends Shape>(shape: B) =>
  <P extends AnyDistribution>(base: P): Expanded<P, B> => {
    const d = inside(base)
    const [batch, own] = [shape as Shape, d.batchShape]
    const isLarger =
      batch.length >= own.length &&
      own.every((n, axis) => n === 1 || n === batch[batch.length - own.length + axis])
    if (!isLarger)
      throw new ShapeError(
        `expand: the batch [${own.join(', ')}] does not broadcast to [${batch.join(', ')}]`,
      )
    const { enumerateSupport, sample } = d
    return assemble({
      family: 'Expanded',
      parameters: { base, shape },
      checks: d.checks,
      batchShape: batch,
      eventShape: d.eventShape,
      dtype: d.dtype,
      support: d.support,
      logProb: d.logProb,
      ...(d.reparameterized && { reparameterized: true as const }),
      ...(sample && { sample: drawing(sample, own, batch, d.eventShape) }),
      ...(d.mean && { mean: d.mean }),
      ...(d.variance && { variance: d.variance }),
      ...(d.mode && { mode: d.mode }),
      ...(d.entropy && { entropy: d.entropy }),
      ...(d.cdf && { cdf: d.cdf }),
      ...(d.icdf && { icdf: d.icdf }),
      ...(enumerateSupport && {
        enumerateSupport: () => {
          const values = enumerateSupport()
          const [count, ...rest] = values.shape
          const ones = batch.slice(own.length).map(() => 1)
          return spread([count, ...batch, ...d.eventShape])(shaped([count, ...ones, ...rest], values))
        },
      }),
    }) as unknown as Expanded<P, B>
  }
