import { floor, not } from '@elbo/tensor'
import {
  above,
  atLeast,
  atMost,
  below,
  both,
  equal,
  type Operand,
  type Real,
  type Truth,
} from '../arithmetic.js'
import type { BoundedSupport, Constraint } from './constraint.js'

export type NumberConstraint = Constraint & BoundedSupport

const number = (
  name: string,
  described: string,
  bounds: readonly [number, number],
  witness: number,
  contains: (x: Real) => Truth,
  holds: (x: number) => boolean,
  discrete = false,
): NumberConstraint => ({
  name,
  described,
  eventRank: 0,
  discrete,
  bounds,
  witness,
  contains,
  holds: value => holds(value[0]),
})

const whole = (x: Real): Truth => equal(x, x.dtype === 'f32' ? floor(x) : x)

/** Every finite number. */
export const real = number(
  'real',
  'a finite number',
  [-Infinity, Infinity],
  0,
  x => both(above(x, -Infinity), below(x, Infinity)),
  Number.isFinite,
)

/** Every finite number but 0. */
export const nonZero = number(
  'nonZero',
  'finite and not 0',
  [-Infinity, Infinity],
  1,
  x => both(both(above(x, -Infinity), below(x, Infinity)), not(equal(x, 0))),
  x => Number.isFinite(x) && x !== 0,
)

export const positive = number(
  'positive',
  'positive and finite',
  [0, Infinity],
  1,
  x => both(above(x, 0), below(x, Infinity)),
  x => x > 0 && x < Infinity,
)

export const nonNegative = number(
  'nonNegative',
  'non-negative and finite',
  [0, Infinity],
  1,
  x => both(atLeast(x, 0), below(x, Infinity)),
  x => x >= 0 && x < Infinity,
)

/** [0, 1]. */
export const unitInterval = number(
  'unitInterval',
  'in [0, 1]',
  [0, 1],
  0.5,
  x => both(atLeast(x, 0), atMost(x, 1)),
  x => x >= 0 && x <= 1,
)

/** (0, 1). */
export const openUnitInterval = number(
  'openUnitInterval',
  'in (0, 1)',
  [0, 1],
  0.5,
  x => both(above(x, 0), below(x, 1)),
  x => x > 0 && x < 1,
)

/** 0 or 1. */
export const binary = number(
  'binary',
  '0 or 1',
  [0, 1],
  0,
  x => both(both(atLeast(x, 0), atMost(x, 1)), whole(x)),
  x => x === 0 || x === 1,
  true,
)

/** 0, 1, 2, … */
export const natural = number(
  'natural',
  'a whole number from 0',
  [0, Infinity],
  1,
  x => both(both(atLeast(x, 0), below(x, Infinity)), whole(x)),
  x => Number.isInteger(x) && x >= 0,
  true,
)

/** [low, high], or without its ends where they are given as open. Bounds may be tensors, then of a distribution's batch. */
export const interval = (
  low: Operand,
  high: Operand,
  witness: Operand,
  { includesHigh = true }: { readonly includesHigh?: boolean } = {},
): BoundedSupport => ({
  name: 'interval',
  described:
    typeof low === 'number' && typeof high === 'number' ? `in [${low}, ${high}]` : 'between its bounds',
  eventRank: 0,
  discrete: false,
  bounds: [low, high],
  witness,
  contains: x => both(atLeast(x, low), includesHigh ? atMost(x, high) : below(x, high)),
})

/** low, low + 1, …, high. */
export const wholeInterval = (low: number, high: Operand): BoundedSupport => ({
  name: 'wholeInterval',
  described: `a whole number from ${low}${typeof high === 'number' ? ` to ${high}` : ' to its bound'}`,
  eventRank: 0,
  discrete: true,
  bounds: [low, high],
  witness: low,
  contains: x => both(both(atLeast(x, low), atMost(x, high)), whole(x)),
})

/** Every number, NaN and infinities included, as far as membership goes: the support of densities on the whole line. */
export const line: BoundedSupport = {
  name: 'line',
  described: 'a number',
  eventRank: 0,
  discrete: false,
  bounds: [-Infinity, Infinity],
  witness: 0,
}
/** The positive half-line with its end, as a support: 0 itself may have a density. */
export const halfLine: BoundedSupport = {
  name: 'halfLine',
  described: 'non-negative',
  eventRank: 0,
  discrete: false,
  bounds: [0, Infinity],
  witness: 1,
  contains: x => atLeast(x, 0),
}
