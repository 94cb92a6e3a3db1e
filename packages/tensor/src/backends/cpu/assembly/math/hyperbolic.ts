import { expm1Positive } from './exponential'
import { plus } from './polynomial'

const SIGN: i32 = i32.MIN_VALUE

/** tanh x = m/(m + 2), m = expm1(2 |x|), with the sign of x; 1 from |x| = 9.02. */
@inline export function tanh(x: v128): v128 {
  const size = f32x4.pmin(f32x4.abs(x), f32x4.splat(10))
  const m = expm1Positive(f32x4.add(size, size))
  return v128.or(f32x4.div(m, plus(m, 2)), v128.and(x, i32x4.splat(SIGN)))
}
