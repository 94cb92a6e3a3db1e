// x = n pi/2 + r, |r| <= pi/4. The reduction is done in double precision: for |x| <= 2^20 the product of n with
// the first part of pi/2 (33 bits) is exact. Larger arguments take Payne and Hanek's reduction, lane by lane.
// Minimax coefficients: fixtures/approximations.py.
import { hugeQuadrant, hugeRemainder } from './payne-hanek'
import { horner3, plus, times } from './polynomial'

const SHIFTER: f64 = 6755399441055744 // 1.5 * 2^52, see exponential.ts
const TWO_OVER_PI: f64 = 0.6366197723675814
const HALF_PI_HIGH: f64 = 1.57079632673412561417
const HALF_PI_LOW: f64 = 6.07710050650619224932e-11
// (sin r - r)/r^3 and (cos r - 1 + r^2/2)/r^4 in r^2
const SIN = memory.data<f32>([-0.16666655242443085, 0.008332188241183758, -0.0001951809535967186])
const COS = memory.data<f32>([0.04166664555668831, -0.0013887309469282627, 2.4432327336398885e-5])
const LARGEST: i32 = 0x49800000 // the bits of 2^20


@inline function shifted(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, f64x2.splat(TWO_OVER_PI)), f64x2.splat(SHIFTER))
}


@inline function remainder(x: v128, t: v128): v128 {
  const n = f64x2.sub(t, f64x2.splat(SHIFTER))
  const r = f64x2.sub(x, f64x2.mul(n, f64x2.splat(HALF_PI_HIGH)))
  return f32x4.demote_f64x2_zero(f64x2.sub(r, f64x2.mul(n, f64x2.splat(HALF_PI_LOW))))
}

function hugeQuadrants(x: v128, n: v128): v128 {
  n = i32x4.replace_lane(n, 0, hugeQuadrant(f32x4.extract_lane(x, 0), i32x4.extract_lane(n, 0)))
  n = i32x4.replace_lane(n, 1, hugeQuadrant(f32x4.extract_lane(x, 1), i32x4.extract_lane(n, 1)))
  n = i32x4.replace_lane(n, 2, hugeQuadrant(f32x4.extract_lane(x, 2), i32x4.extract_lane(n, 2)))
  return i32x4.replace_lane(n, 3, hugeQuadrant(f32x4.extract_lane(x, 3), i32x4.extract_lane(n, 3)))
}

function hugeRemainders(x: v128, r: v128): v128 {
  r = f32x4.replace_lane(r, 0, hugeRemainder(f32x4.extract_lane(x, 0), f32x4.extract_lane(r, 0)))
  r = f32x4.replace_lane(r, 1, hugeRemainder(f32x4.extract_lane(x, 1), f32x4.extract_lane(r, 1)))
  r = f32x4.replace_lane(r, 2, hugeRemainder(f32x4.extract_lane(x, 2), f32x4.extract_lane(r, 2)))
  return f32x4.replace_lane(r, 3, hugeRemainder(f32x4.extract_lane(x, 3), f32x4.extract_lane(r, 3)))
}

/** sin of x + shift pi/2. */
@inline function sinShifted(x: v128, shift: i32): v128 {
  const low = f64x2.promote_low_f32x4(x)
  const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1))
  const tLow = shifted(low)
  const tHigh = shifted(high)
  let n = v128.shuffle<i32>(tLow, tHigh, 0, 2, 4, 6)
  let r = v128.shuffle<i64>(remainder(low, tLow), remainder(high, tHigh), 0, 2)
  const size = v128.and(x, i32x4.splat(i32.MAX_VALUE))
  if (v128.any_true(i32x4.gt_s(size, i32x4.splat(LARGEST)))) {
    n = hugeQuadrants(x, n)
    r = hugeRemainders(x, r)
  }
  n = i32x4.add(n, i32x4.splat(shift))
  const z = f32x4.mul(r, r)
  const s = horner3(z, SIN)
  const c = horner3(z, COS)
  // r times 1 + ... keeps the sign of a zero.
  const sine = f32x4.mul(r, plus(f32x4.mul(z, s), 1))
  const cosine = plus(f32x4.sub(f32x4.mul(f32x4.mul(z, z), c), times(z, 0.5)), 1)
  const odd = i32x4.shr_s(i32x4.shl(n, 31), 31)
  const sign = i32x4.shl(i32x4.shr_u(n, 1), 31)
  return v128.xor(v128.bitselect(cosine, sine, odd), sign)
}

/** The sine of x in radians, of any size; NaN for infinities. */
@inline export function sin(x: v128): v128 {
  return sinShifted(x, 0)
}

/** The cosine of x in radians, of any size; NaN for infinities. */
@inline export function cos(x: v128): v128 {
  return sinShifted(x, 1)
}
