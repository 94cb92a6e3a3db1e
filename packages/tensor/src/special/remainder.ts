const { abs } = Math

/**
 * The remainder of floored division, x − y ⌊x/y⌋, exact up to one rounding, with the sign of the divisor,
 * as Python's `%` has it: a zero takes the divisor's sign; x mod ±∞ is x where the signs agree and ±∞ where they do not;
 * NaN for an infinite x or a zero y.
 */
export const floorMod = (x: number, y: number): number => {
  const r = x % y
  if (r === 0) return y < 0 ? -0 : 0
  return r < 0 !== y < 0 ? r + y : r
}

/** The nearest integer, ties to the even one (IEEE 754 roundToIntegralTiesToEven), keeping the sign of zero. */
export const roundHalfEven = (x: number): number => {
  if (!(abs(x) < 2 ** 52)) return x
  const shift = x < 0 || Object.is(x, -0) ? -(2 ** 52) : 2 ** 52
  const rounded = x + shift - shift
  return rounded === 0 ? 0 * shift : rounded
}
