import {
  expandDims,
  logSumExp,
  reshape,
  ShapeError,
  split,
  square,
  sum,
  takeAlongAxis,
  type Draw,
  type DType,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import { minus, plus, spread, times, type Operand, type Real, type Truth } from '../arithmetic.js'
import type { Support } from '../constraints/index.js'
import { assemble, inside, type AnyDistribution, type CapabilitiesOf, type Dynamic } from '../distribution.js'

/** What a mixture of such components can do. A draw's choice of a component has no gradient. */
export type Mixed<C extends AnyDistribution> = Extract<
  CapabilitiesOf<C>,
  'sample' | 'mean' | 'variance' | 'cdf'
>

/** The components side by side: what each function gives has their axis behind the batch, before the event. */
export interface Components {
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
export const axisBefore = (rank: number, x: Real): Real => expandDims(x.shape.length - rank)(x)
const sumBefore = (rank: number, x: Real): Real => (sum(x.shape.length - rank - 1) as (x: Real) => Real)(x)

/** Weights [batch, components] beside every element of an event. */
const besideEvent = (weights: Real, rank: number): Real =>
  (reshape([...weights.shape, ...Array.from({ length: rank }, () => 1)]) as (x: Real) => Real)(weights)

/** Σ_k w_k p_k, with what all of its components can do. @throws ShapeError `Mixture: mixing has 3 weights for 2 components` */
export const mix = (
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
