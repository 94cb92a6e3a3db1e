import * as constant from './constants'
import { erfinvInside } from './error-function'

/**
 * A standard normal number from each 32-bit word: sqrt(2) erfinv(2u - 1), u = (floor(bits/2^8) + 1/2) 2^-24.
 * Bit for bit the function of the same name in src/special.
 */
@inline export function normalFromBits(bits: v128): v128 {
  const odd = i32x4.sub(v128.or(i32x4.shl(i32x4.shr_u(bits, 8), 1), constant.word1()), constant.word2To24())
  const w = f32x4.mul(f32x4.convert_i32x4_s(odd), constant.unit24())
  return f32x4.mul(erfinvInside(w), constant.sqrtTwo())
}
