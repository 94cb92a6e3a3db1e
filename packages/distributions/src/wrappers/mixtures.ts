import {
  any,
  expandDims,
  logSumExp,
  reshape,
  ShapeError,
  split,
  square,
  stack,
  sum,
  take,
  takeAlongAxis,
  tensor,
  type Draw,
  type DType,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import {
  either,
  larger,
  minus,
  plus,
  smaller,
  spread,
  times,
  type Operand,
  type Real,
  type Truth,
} from '../arithmetic.js'
import type { BoundedSupport, Support } from '../constraints/index.js'
import type { Categorical } from '../discrete/categorical.js'
import {
  assemble,
  inside,
  type AnyDistribution,
  type CapabilitiesOf,
  type Distribution,
  type DTypeOf,
  type Dynamic,
  type EventOf,
} from '../distribution.js'

/** What a mixture of such components can do. A draw's choice of a component has no gradient. */
type Mixed<C extends AnyDistribution> = Extract<CapabilitiesOf<C>, 'sample' | 'mean' | 'variance' | 'cdf'>

/** A mixture whose components are the last axis of one batch. */
export type MixtureSameFamily<
  B extends Shape = Shape,
  C extends AnyDistribution = AnyDistribution,
> = Distribution<B, EventOf<C>, DTypeOf<C>, Mixed<C>> & {
  readonly family: 'MixtureSameFamily'
  readonly parameters: { readonly mixing: Categorical<B>; readonly components: C }
}

/** A mixture of components of any families. */
export type Mixture<
  B extends Shape = Shape,
  C extends readonly AnyDistribution[] = readonly AnyDistribution[],
> = Distribution<B, EventOf<C[number]>, DTypeOf<C[number]>, Mixed<C[number]>> & {
  readonly family: 'Mixture'
  readonly parameters: { readonly mixing: Categorical<B>; readonly components: C }
}

/** The components side by side: what each function gives has their axis behind the batch, before the event. */
interface Components {
  readonly count: number
  readonly eventShape: Shape
  readonly dtype: DType
  readonly logProb: (x: Real) => Real
  readonly contains: ((x: Real) => Truth) | undefined
  readonly bounds: readonly [Operand, Operand] | undefined
  readonly support: Support
  readonly sample: ((shape: Shape) => Draw<Real>) | undefined
  readonly mean: (() => Real) | undefined
  readonly variance: (() => Real) | undefined
  readonly cdf: ((x: Real) => Real) | undefined
}

const last = (x: Real): Real => (sum(-1) as (x: Real) => Real)(x)
const axisBefore = (rank: number, x: Real): Real => expandDims(x.shape.length - rank)(x)
const sumBefore = (rank: number, x: Real): Real => (sum(x.shape.length - rank - 1) as (x: Real) => Real)(x)

/** Weights [batch, components] beside every element of an event. */
const besideEvent = (weights: Real, rank: number): Real =>
  (reshape([...weights.shape, ...Array.from({ length: rank }, () => 1)]) as (x: Real) => Real)(weights)

const mix = (
  family: string,
  mixing: AnyDistribution,
  components: unknown,
  checks: Dynamic['checks'],
  { count, eventShape, dtype, logProb, contains, bounds, support, sample, mean, variance, cdf }: Components,
): Dynamic => {
  const categorical = inside(mixing)
  const { batchShape } = categorical
  const { probs, logits } = categorical.parameters as { readonly probs: Real; readonly logits: Real }
  const rank = eventShape.length
  if (probs.shape[probs.shape.length - 1] !== count)
    throw new ShapeError(
      `${family}: mixing has ${probs.shape[probs.shape.length - 1]} weights for ${count} components`,
    )
  const weights = besideEvent(probs, rank)
  const average = (): Real => sumBefore(rank, times(weights, (mean as () => Real)()))
  return assemble({
    family,
    parameters: { mixing, components },
    checks: [...categorical.checks, ...checks],
    batchShape,
    eventShape,
    dtype,
    support: { ...support, ...(contains && { contains }), ...(bounds && { bounds }) },
    logProb: x => (logSumExp(-1) as (x: Real) => Real)(plus(logits, logProb(x))),
    ...(sample && {
      sample: (shape: Shape): Draw<Real> => {
        const front = shape.slice(0, shape.length - rank)
        const choosing = categorical.sample as NonNullable<Dynamic['sample']>
        return key => {
          const [first, second] = split(key, 2) as readonly [Key, Key]
          const chosen = choosing(front.slice(0, front.length - batchShape.length))(first)
          const drawn = sample(front)(second)
          const index = spread([...front, 1, ...eventShape])(
            (reshape([...front, 1, ...eventShape.map(() => 1)]) as (x: Real) => Real)(chosen),
          )
          const picked = takeAlongAxis(
            index as Tensor<Shape, DType> as Tensor<Shape, 'i32'>,
            front.length,
          )(drawn)
          return (reshape(shape) as (x: Real) => Real)(picked)
        }
      },
    }),
    ...(mean && { mean: average }),
    ...(mean &&
      variance && {
        // Within the components and between them.
        variance: () =>
          sumBefore(
            rank,
            times(weights, plus(variance(), square(minus(mean(), axisBefore(rank, average()))))),
          ),
      }),
    ...(cdf && { cdf: (x: Real) => last(times(probs, cdf(x))) }),
  })
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
