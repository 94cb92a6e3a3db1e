import { ShapeError, type Shape } from '@elbo/tensor'
import { above, asReal, choose, minus, spread, sumLast, type Real } from '../arithmetic.js'
import {
  assemble,
  inside,
  type AnyDistribution,
  type BatchOf,
  type CapabilitiesOf,
  type Distribution,
  type EventOf,
} from '../distribution.js'
import { image } from '../transforms/image.js'
import { bijection, undo, type AnyTransform } from '../transforms/transform.js'

/** Numbers keep the order of their quantiles. */
type Kept<P extends AnyDistribution, T extends AnyTransform> = Extract<
  CapabilitiesOf<P>,
  | 'sample'
  | 'reparameterized'
  | (EventOf<P> extends readonly [] ? (T['from'] extends 0 ? 'cdf' | 'icdf' : never) : never)
>

/** The distribution of y = f(x). */
export type Transformed<P extends AnyDistribution, T extends AnyTransform> = Distribution<
  BatchOf<P>,
  T['keepsShape'] extends true ? EventOf<P> : number[],
  'f32',
  Kept<P, T>
> & {
  readonly family: 'Transformed'
  readonly parameters: { readonly base: P; readonly transform: T }
}

/**
 * `transformed(f)(d)`: the distribution of y = f(x) for x of d,
 *
 *   ln p(y) = ln p(x) − ln |det ∂y/∂x| at x = f⁻¹(y)
 *
 * Where a map of numbers falls, P(Y ≤ y) is 1 − P(X ≤ x), and has the absolute accuracy of a number near 1. A map of numbers acts on each element of an
 * event; one of vectors takes events of vectors, such as `toEvent` makes.
 * @throws ShapeError `transformed: stickBreaking takes values of 1 axes, but Normal has the event []`; RangeError for a distribution over
 * whole numbers
 */
export const transformed =
  <T extends AnyTransform>(transform: T) =>
  <P extends AnyDistribution & { readonly dtype: 'f32' }>(base: P): Transformed<P, T> => {
    const [d, t] = [inside(base), bijection(transform)]
    const more = d.eventShape.length - t.from
    if (more < 0)
      throw new ShapeError(
        `transformed: ${t.name} takes values of ${t.from} axes, but ${d.family} has the event [${d.eventShape.join(', ')}]`,
      )
    if (d.support.discrete)
      throw new RangeError(`transformed: ${d.family} is discrete and has no density to transform`)
    const whole = [...d.batchShape, ...d.eventShape]
    const support = image(d.support, t, d.eventShape)
    const { sample, cdf, icdf } = d
    const isNumeric = t.sign !== undefined && d.eventShape.length === 0
    const isRising = above(asReal(t.sign ?? 1), 0)
    const image0 = t.forward(spread(whole)(asReal(0)))
    const eventShape = image0.shape.slice(d.batchShape.length)
    return assemble({
      family: 'Transformed',
      parameters: { base, transform },
      checks: d.checks,
      batchShape: d.batchShape,
      eventShape,
      support,
      logProb: y => {
        const [x, logDeterminant] = undo(t)(y)
        return minus(d.logProb(x), sumLast(logDeterminant, more))
      },
      ...(d.reparameterized && { reparameterized: true as const }),
      ...(sample && {
        sample: (shape: Shape) => {
          const draw = sample(shape.slice(0, shape.length - d.batchShape.length - eventShape.length))
          return key => t.forward(draw(key))
        },
      }),
      ...(cdf &&
        isNumeric && {
          cdf: (y: Real) => {
            const level = cdf(t.inverse(y))
            return choose(isRising, level, minus(1, level))
          },
        }),
      ...(icdf && isNumeric && { icdf: (p: Real) => t.forward(icdf(choose(isRising, p, minus(1, p)))) }),
    }) as unknown as Transformed<P, T>
  }
