/**
 * x to the power y with the special values of C99 (7.12.7.4, F.9.4.4) and IEEE 754 `pow`: 1 where y is 0 or x is 1, whatever
 * the other, and for x = −1 with an infinite y. `Math.pow` gives NaN for 1 to the power NaN or ±∞, and (−1)^±∞.
 */
export const pow = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y)
