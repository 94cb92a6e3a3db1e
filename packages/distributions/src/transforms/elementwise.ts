import { abs, expm1, log as logarithm, log1p, logSigmoid, neg } from '@elbo/tensor'
import {
  above,
  asReal,
  below,
  choose,
  equal,
  larger,
  minus,
  over,
  plus,
  polynomial,
  smaller,
  spread,
  times,
  type Operand,
  type Real,
} from '../arithmetic.js'
import { interval, line, nonZero, positive, real, unitInterval } from '../constraints/index.js'
import { parameters, type Parameter } from '../parameters.js'
import { exactExp, exactLog } from '../sampling/exact.js'
import { elementwise, type Elementwise } from './transform.js'

/** The least normal f32, and the greatest below 1: what rounds to an end of an open interval stays inside. */
const least = 2 ** -126
const belowOne = 1 - 2 ** -24

/** `value` between `low` and `high`, except at infinities, whose images are the ends themselves. */
const kept = (
  x: Real,
  value: Real,
  [low, high]: readonly [number, number],
  ends: readonly [number, number],
) =>
  choose(equal(x, -Infinity), ends[0], choose(equal(x, Infinity), ends[1], smaller(larger(value, low), high)))

/** x ↦ x. */
export const identity: Elementwise = elementwise({
  name: 'identity',
  domain: line,
  codomain: line,
  forward: x => x,
  inverse: y => y,
  logDeterminant: x => spread(x.shape)(asReal(0)),
})

/**
 * x ↦ loc + scale·x for scale ≠ 0. Both may be tensors that broadcast into x.
 * @throws ShapeError, when applied, `affine: its parameters do not broadcast into [2]`
 */
export const affine = (about: { readonly loc: Parameter; readonly scale: Parameter }): Elementwise => {
  const { loc, scale } = parameters('affine', {
    loc: [about.loc, real],
    scale: [about.scale, nonZero],
  }).values
  return elementwise({
    name: 'affine',
    parameters: { loc, scale },
    domain: line,
    codomain: line,
    sign: scale,
    forward: x => plus(loc, times(scale, x)),
    inverse: y => over(minus(y, loc), scale),
    logDeterminant: x => spread(x.shape)(logarithm(abs(scale))),
  })
}

/** ln x; −∞ at 0. */
const safeLog = (x: Real): Real => {
  const isInner = above(x, 0)
  const isFinite = below(x, Infinity)
  const inner = exactLog(choose(isInner, choose(isFinite, x, 1), 1))
  return choose(isInner, choose(isFinite, inner, Infinity), choose(equal(x, 0), -Infinity, NaN))
}

/** x ↦ eˣ; 0 below −87, ∞ above 88. */
export const exp: Elementwise = elementwise({
  name: 'exp',
  domain: line,
  codomain: positive,
  forward: exactExp,
  inverse: y => logarithm(y),
  logDeterminant: x => x,
})

/** x ↦ ln x for x > 0. */
export const log: Elementwise = elementwise({
  name: 'log',
  domain: positive,
  codomain: line,
  forward: safeLog,
  inverse: exactExp,
  logDeterminant: x => neg(logarithm(x)),
})

/** x ↦ 1/(1 + e⁻ˣ), kept inside (0, 1) by less than a rounding. */
export const sigmoid: Elementwise = elementwise({
  name: 'sigmoid',
  domain: line,
  codomain: unitInterval,
  forward: x => kept(x, over(1, plus(1, exactExp(neg(x)))), [least, belowOne], [0, 1]),
  inverse: y => minus(logarithm(y), log1p(neg(y))),
  logDeterminant: x => plus(logSigmoid(x), logSigmoid(neg(x))),
})

/** tanh x in exact operations: its Taylor series where |x| < 0.3, (1 − e^(−2|x|))/(1 + e^(−2|x|)) elsewhere. */
const exactTanh = (x: Real): Real => {
  const isSmall = below(abs(x), 0.3)
  const small = choose(isSmall, x, 0)
  const z = times(small, small)
  const series = times(small, polynomial(z, [1, -1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925]))
  const size = choose(isSmall, 1, abs(x))
  const e = exactExp(times(size, -2))
  const large = over(minus(1, e), plus(1, e))
  return choose(isSmall, series, choose(below(x, 0), neg(large), large))
}

/** ln cosh x = |x| + ln(1 + e^(−2|x|)) − ln 2, in exact operations on request. */
export const logCosh = (x: Real, { exact = false }: { readonly exact?: boolean } = {}): Real => {
  const size = abs(x)
  const e = exactExp(times(size, -2))
  return plus(size, exact ? exactLog(plus(1, e)) : log1p(e), -Math.LN2)
}

/** x ↦ tanh x, kept inside (−1, 1) by less than a rounding. */
export const tanh: Elementwise = elementwise({
  name: 'tanh',
  domain: line,
  codomain: interval(-1, 1, 0),
  forward: x => kept(x, exactTanh(x), [-belowOne, belowOne], [-1, 1]),
  // artanh y = ½ ln((1 + y)/(1 − y)), of the size of y.
  inverse: y => {
    const size = abs(y)
    const found = times(0.5, log1p(over(times(2, size), minus(1, size))))
    return choose(below(y, 0), neg(found), found)
  },
  logDeterminant: x => times(-2, logCosh(x)),
})

/** x ↦ ln(1 + eˣ) > 0. */
export const softplus: Elementwise = elementwise({
  name: 'softplus',
  domain: line,
  codomain: positive,
  forward: x => {
    const e = exactExp(neg(abs(x)))
    // ln(1 + e) for small e: e − e²/2 + …, so that no digit of e is rounded off.
    const isSmall = below(e, 0.1)
    const small = choose(isSmall, e, 0)
    const series = times(small, polynomial(small, [1, -1 / 2, 1 / 3, -1 / 4, 1 / 5, -1 / 6, 1 / 7]))
    const rest = choose(isSmall, series, exactLog(plus(1, choose(isSmall, 1, e))))
    return plus(larger(x, 0), rest)
  },
  // ln(eʸ − 1) = y + ln(1 − e⁻ʸ).
  inverse: y => plus(y, logarithm(neg(expm1(neg(y))))),
  logDeterminant: x => logSigmoid(x),
})

/** x ↦ xᵖ for x > 0 and p ≠ 0. */
export const power = (exponent: Parameter): Elementwise => {
  const { exponent: p } = parameters('power', { exponent: [exponent, nonZero] }).values
  const raised = (x: Real, by: Operand): Real => exactExp(times(safeLog(x), by))
  return elementwise({
    name: 'power',
    parameters: { exponent: p },
    domain: positive,
    codomain: positive,
    sign: p,
    forward: x => raised(x, p),
    inverse: y => raised(y, over(1, p)),
    logDeterminant: x => plus(logarithm(abs(p)), times(minus(p, 1), logarithm(x))),
  })
}
