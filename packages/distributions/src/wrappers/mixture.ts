import { ShapeError, split, stack, type Shape } from '@elbo/tensor'
import { either, larger, smaller, type Operand, type Real, type Truth } from '../arithmetic.js'
import type { Categorical } from '../discrete/categorical.js'
import {
  inside,
  type AnyDistribution,
  type Distribution,
  type DTypeOf,
  type EventOf,
} from '../distribution.js'
import { mix, type Mixed } from './mixing.js'

/** A mixture of components of any families. */
export type Mixture<
  B extends Shape = Shape,
  C extends readonly AnyDistribution[] = readonly AnyDistribution[],
> = Distribution<B, EventOf<C[number]>, DTypeOf<C[number]>, Mixed<C[number]>> & {
  readonly family: 'Mixture'
  readonly parameters: { readonly mixing: Categorical<B>; readonly components: C }
}

/** The same function of each, side by side before the axes of an event; absent where one of them lacks it. */
const sideBySide = <A extends readonly unknown[]>(
  functions: readonly (((...args: A) => Real) | undefined)[],
  axis: (result: Real) => number,
): ((...args: A) => Real) | undefined => {
  const all = functions.flatMap(f => (f === undefined ? [] : [f]))
  if (all.length < functions.length) return undefined
  return (...args) => {
    const results = all.map(f => f(...args))
    return stack(axis(results[0]))(results as never)
  }
}

/**
 * A mixture of distributions of any families that agree in batch, event and element type, with the weights of a categorical distribution:
 *
 *   p(x) = Σ_k w_k p_k(x)
 *
 * @throws ShapeError `Mixture: Gamma has the batch [2], the event [] and f32, not [], [] and f32`; RangeError where some components are
 * discrete
 */
export const Mixture = <
  B extends Shape,
  const C extends readonly [AnyDistribution, ...AnyDistribution[]],
>(about: {
  readonly mixing: Categorical<B>
  readonly components: C
}): Mixture<B, C> => {
  const parts = about.components.map(inside)
  const [first] = parts
  const { batchShape } = inside(about.mixing)
  const rank = first.eventShape.length
  for (const d of parts)
    if (
      d.batchShape.join() !== batchShape.join() ||
      d.eventShape.join() !== first.eventShape.join() ||
      d.dtype !== first.dtype
    )
      throw new ShapeError(
        `Mixture: ${d.family} has the batch [${d.batchShape.join(', ')}], the event [${d.eventShape.join(', ')}] and ${d.dtype}, ` +
          `not [${batchShape.join(', ')}], [${first.eventShape.join(', ')}] and ${first.dtype}`,
      )
  const beforeEvent = (x: Real): number => x.shape.length - rank
  const supports = parts.map(d => d.support)
  if (supports.some(({ discrete }) => discrete !== first.support.discrete))
    throw new RangeError('Mixture: components are all discrete, or none of them is')
  const everywhere = supports.some(({ contains }) => contains === undefined)
  const ends = supports.flatMap(({ bounds }) => (bounds === undefined ? [] : [bounds]))
  const samplers = parts.flatMap(({ sample }) => (sample === undefined ? [] : [sample]))
  const widest = supports.find(({ contains }) => contains === undefined) ?? first.support
  const extreme = (
    values: readonly Operand[],
    ofNumbers: (...x: number[]) => number,
    join: typeof smaller,
  ) => (values.every(x => typeof x === 'number') ? ofNumbers(...values) : values.reduce((a, b) => join(a, b)))
  return mix(
    'Mixture',
    about.mixing,
    about.components,
    parts.flatMap(d => d.checks),
    {
      count: parts.length,
      eventShape: first.eventShape,
      dtype: first.dtype,
      support: {
        name: supports.every(({ name }) => name === first.support.name) ? first.support.name : 'union',
        described: 'in the support of a component',
        eventRank: first.support.eventRank,
        discrete: first.support.discrete,
        witness: widest.witness,
      },
      bounds:
        ends.length < parts.length
          ? undefined
          : [
              extreme(
                ends.map(([low]) => low),
                Math.min,
                smaller,
              ),
              extreme(
                ends.map(([, high]) => high),
                Math.max,
                larger,
              ),
            ],
      contains: everywhere
        ? undefined
        : x => supports.map(({ contains }) => (contains as (x: Real) => Truth)(x)).reduce(either),
      logProb: sideBySide(
        parts.map(d => d.logProb),
        x => x.shape.length,
      ) as (x: Real) => Real,
      sample:
        samplers.length < parts.length
          ? undefined
          : front => key => {
              const keys = split(key, parts.length)
              const own = front.slice(0, front.length - batchShape.length)
              const draws = samplers.map((sample, i) => sample(own)(keys[i]))
              return stack(front.length)(draws as never)
            },
      mean: sideBySide(
        parts.map(d => d.mean),
        beforeEvent,
      ),
      variance: sideBySide(
        parts.map(d => d.variance),
        beforeEvent,
      ),
      cdf: sideBySide(
        parts.map(d => d.cdf),
        x => x.shape.length,
      ),
    },
  ) as unknown as Mixture<B, C>
}
