import * as constant from './constants'
import { expm1Positive } from './exponential'

/** tanh x = m/(m + 2), m = expm1(2 |x|), with the sign of x; 1 from |x| = 9.02. */
@inline export function tanh(x: v128): v128 {
  const size = f32x4.pmin(f32x4.abs(x), constant.ten())
  const m = expm1Positive(f32x4.add(size, size))
  return v128.or(f32x4.div(m, f32x4.add(m, constant.two())), v128.and(x, constant.signBit()))
}
