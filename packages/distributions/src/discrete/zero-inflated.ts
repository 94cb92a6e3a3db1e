import {
  cast,
  exp,
  log1p,
  neg,
  ShapeError,
  split,
  square,
  type Key,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import {
  above,
  asReal,
  atMost,
  choose,
  equal,
  minus,
  over,
  plus,
  spread,
  times,
  type Real,
} from '../arithmetic.js'
import { unitInterval } from '../constraints/index.js'
import {
  assemble,
  inside,
  type AnyDistribution,
  type BatchOf,
  type CapabilitiesOf,
  type Distribution,
} from '../distribution.js'
import { parameters, type Parameter } from '../parameters.js'
import { openUniform } from '../sampling/uniform.js'
import { logOf, xLogY } from '../special/index.js'

/** A distribution over counts: on 0, 1, 2, … or the first of them. */
export interface Counts extends AnyDistribution {
  readonly eventShape: readonly []
  readonly dtype: 'f32'
}

/** A distribution over counts, with more zeros. */
export type ZeroInflated<P extends Counts> = Distribution<
  BatchOf<P>,
  [],
  'f32',
  Extract<CapabilitiesOf<P>, 'sample' | 'mean' | 'variance' | 'entropy' | 'cdf' | 'icdf' | 'enumerateSupport'>
> & {
  readonly family: 'ZeroInflated'
  readonly parameters: { readonly base: P; readonly gate: Tensor<BatchOf<P>> }
}

/**
 * With probability g = `gate` in [0, 1] a zero, else a draw of the base, which is a distribution over counts (Lambert 1992, Zero-Inflated
 * Poisson Regression):
 *
 *   P(x) = g·[x = 0] + (1 − g)·P_base(x)
 *
 * The gate broadcasts to the batch of the base.
 * @throws ShapeError `ZeroInflated: the gate [3] does not broadcast to the batch []`,
 * `ZeroInflated: Normal is not a distribution over counts from 0`
 */
export const ZeroInflated = <const G extends Parameter, P extends Counts>(about: {
  readonly base: P
  readonly gate: G
}): ZeroInflated<P> => {
  const d = inside(about.base)
  const { batchShape, support, sample, mean, variance, entropy, cdf, icdf } = d
  if (!support.discrete || support.bounds?.[0] !== 0 || d.eventShape.length > 0)
    throw new ShapeError(`ZeroInflated: ${d.family} is not a distribution over counts from 0`)
  const given = parameters('ZeroInflated', { gate: [about.gate, unitInterval] })
  const fits =
    given.batchShape.length <= batchShape.length &&
    given.batchShape.toReversed().every((n, i) => n === 1 || n === batchShape[batchShape.length - 1 - i])
  if (!fits) {
    throw new ShapeError(
      `ZeroInflated: the gate [${given.batchShape.join(', ')}] does not broadcast to the batch [${batchShape.join(', ')}]`,
    )
  }
  const gate = spread(batchShape)(given.values.gate)
  const rest = minus(1, gate)
  const isAlways = equal(rest, 0)
  const logRest = choose(isAlways, -Infinity, log1p(neg(choose(isAlways, 0, gate))))
  return assemble({
    family: 'ZeroInflated',
    parameters: { base: about.base, gate },
    batchShape,
    checks: [...d.checks, ...given.checks],
    support,
    logProb: x => {
      const own = plus(logRest, d.logProb(x))
      // ln(g + e^own) from the larger of the two.
      const isZero = equal(x, 0)
      const [a, b] = [logOf(gate), choose(isZero, own, 0)]
      const isGate = above(a, b)
      const [high, low] = [choose(isGate, a, b), choose(isGate, b, a)]
      return choose(isZero, plus(high, log1p(exp(minus(low, high)))), own)
    },
    ...(sample && {
      sample: (shape: Shape) => (key: Key) => {
        const [first, second] = split(key, 2) as readonly [Key, Key]
        const x = sample(shape.slice(0, shape.length - batchShape.length))(first)
        return times(x, cast('f32')(above(openUniform(shape)(second), gate)))
      },
    }),
    ...(mean && { mean: () => times(rest, mean()) }),
    ...(mean && variance && { variance: () => times(rest, plus(variance(), times(gate, square(mean())))) }),
    ...(entropy && {
      entropy: () => {
        const zero = exp(d.logProb(spread(batchShape)(asReal(0))))
        const all = plus(gate, times(rest, zero))
        // The terms of the base but for that of 0, which the gate adds to.
        const others = times(rest, plus(entropy(), xLogY(zero, zero)))
        return minus(others, times(minus(1, zero), xLogY(rest, rest)), xLogY(all, all))
      },
    }),
    ...(cdf && { cdf: (x: Real) => plus(gate, times(rest, cdf(x))) }),
    ...(icdf && {
      icdf: (p: Real) => {
        const isGate = atMost(p, gate)
        const level = over(minus(p, gate), choose(isAlways, 1, rest))
        return choose(isGate, 0, icdf(choose(isGate, 0.5, level)))
      },
    }),
    ...(d.enumerateSupport && { enumerateSupport: d.enumerateSupport }),
  }) as unknown as ZeroInflated<P>
}
