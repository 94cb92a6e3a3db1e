import {
  concat,
  cumsum,
  log as logarithm,
  logSigmoid,
  neg,
  ShapeError,
  slice,
  take,
  tensor,
} from '@elbo/tensor'
import {
  allLast,
  asReal,
  minus,
  plus,
  spread,
  sumLast,
  times,
  above,
  both,
  below,
  type Real,
} from '../arithmetic.js'
import { lineVector, simplex, type Support } from '../constraints/index.js'
import { exactExp } from '../sampling/exact.js'
import { exactCumulative } from '../sampling/sums.js'
import { logCosh } from './elementwise.js'
import { transform, type Transform } from './transform.js'

const lengthOf = (x: Real): number => x.shape[x.shape.length - 1]

/** Elements from `start` up to `stop` of the last axis. */
export const elements = (x: Real, start: number, stop: number): Real =>
  slice(...x.shape.map((_, axis) => (axis === x.shape.length - 1 ? ([start, stop] as const) : null)))(x)

/** Sums from each element to the last. */
export const sumsToLast = (x: Real): Real => (cumsum(-1, { reverse: true }) as (x: Real) => Real)(x)

const joined = (...parts: readonly Real[]): Real => (concat(-1) as (parts: readonly Real[]) => Real)(parts)

const zero = (x: Real): Real => spread([...x.shape.slice(0, -1), 1])(asReal(0))

/** ln(n − i), i from 0: what makes stick-breaking map 0 to the centre of the simplex. */
const offsets = (n: number): Real => tensor(Array.from({ length: n }, (_, i) => Math.log(n - i)))

/** ln σ(x) = x/2 − ln cosh(x/2) − ln 2, in exact operations. */
const exactLogSigmoid = (x: Real): Real =>
  minus(times(x, 0.5), logCosh(times(x, 0.5), { exact: true }), Math.LN2)

/**
 * Vectors of n numbers onto the simplex of n + 1: zᵢ = σ(xᵢ − ln(n − i)) of what is left of a stick is broken off, i from 0,
 *
 *   yᵢ = zᵢ·∏_{j<i} (1 − zⱼ)
 *
 * (Stan Reference Manual, Simplex transform).
 */
export const stickBreaking: Transform<1, 1, false> = transform({
  name: 'stickBreaking',
  parameters: {},
  from: 1,
  to: 1,
  keepsShape: false,
  domain: lineVector,
  codomain: simplex,
  forward: x => {
    const t = minus(x, offsets(lengthOf(x)))
    const left = joined(zero(x), exactCumulative(exactLogSigmoid(neg(t))))
    return exactExp(plus(left, joined(exactLogSigmoid(t), zero(x))))
  },
  inverse: y => {
    const n = lengthOf(y) - 1
    // What is left after each break, as the sum of the parts that follow: nothing cancels.
    const left = elements(sumsToLast(y), 1, n + 1)
    return plus(minus(logarithm(elements(y, 0, n)), logarithm(left)), offsets(n))
  },
  // ∂yᵢ/∂xᵢ = zᵢ(1 − zᵢ)·∏_{j<i} (1 − zⱼ), on a triangle.
  logDeterminant: x => {
    const n = lengthOf(x)
    const t = minus(x, offsets(n))
    const rests = logSigmoid(neg(t))
    return sumLast(plus(logSigmoid(t), sumsFromFirst(rests)), 1)
  },
})

/** Sums from the first element to each. */
const sumsFromFirst = (x: Real): Real => (cumsum(-1) as (x: Real) => Real)(x)

/** Rising numbers along the last axis. */
export const orderedVector: Support = {
  name: 'orderedVector',
  described: 'a vector whose numbers rise',
  eventRank: 1,
  discrete: false,
  witness: NaN,
  contains: x => {
    const n = lengthOf(x)
    const isFinite = allLast(both(above(x, -Infinity), below(x, Infinity)), 1)
    return both(isFinite, allLast(above(elements(x, 1, n), elements(x, 0, n - 1)), 1))
  },
}

/** Vectors onto rising ones: y₀ = x₀, yᵢ = yᵢ₋₁ + e^(xᵢ) (Stan Reference Manual, Ordered vector). */
export const ordered: Transform<1, 1, true> = transform({
  name: 'ordered',
  parameters: {},
  from: 1,
  to: 1,
  keepsShape: true,
  domain: lineVector,
  codomain: orderedVector,
  forward: x => exactCumulative(joined(elements(x, 0, 1), exactExp(elements(x, 1, lengthOf(x))))),
  inverse: y => {
    const n = lengthOf(y)
    return joined(elements(y, 0, 1), logarithm(minus(elements(y, 1, n), elements(y, 0, n - 1))))
  },
  logDeterminant: x => sumLast(elements(x, 1, lengthOf(x)), 1),
})

/**
 * Element i of the result is element order[i].
 * @throws RangeError unless `order` holds 0 … n − 1 once each; ShapeError, when applied to vectors of another length.
 */
export const permute = (order: readonly number[]): Transform<1, 1, true> => {
  const n = order.length
  if (new Set(order).size !== n || order.some(i => !Number.isInteger(i) || i < 0 || i >= n))
    throw new RangeError(`permute: [${order.join(', ')}] does not hold 0 to ${n - 1} once each`)
  const picking =
    (places: readonly number[]) =>
    (x: Real): Real => {
      if (lengthOf(x) !== n)
        throw new ShapeError(`permute: [${x.shape.join(', ')}] does not end with an axis of ${n}`)
      return (take(tensor(places, [n], 'i32'), -1) as (x: Real) => Real)(x)
    }
  const back: number[] = []
  order.forEach((from, i) => (back[from] = i))
  return transform({
    name: 'permute',
    parameters: { order },
    from: 1,
    to: 1,
    keepsShape: true,
    domain: lineVector,
    codomain: lineVector,
    forward: picking(order),
    inverse: picking(back),
    logDeterminant: x => spread(x.shape.slice(0, -1))(asReal(0)),
  })
}
