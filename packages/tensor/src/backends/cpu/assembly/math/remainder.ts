/** x - y trunc(x/y) on two lanes, exact while the quotient is below 2^28: its product with y has 53 bits. */
@inline function truncated(x: v128, y: v128): v128 {
  return f32x4.demote_f64x2_zero(f64x2.sub(x, f64x2.mul(f64x2.trunc(f64x2.div(x, y)), y)))
}

/** The truncated remainder one lane after another, for quotients of any size and infinite divisors. */
function longDivision(x: v128, y: v128): v128 {
  let r = f32x4.splat(f32x4.extract_lane(x, 0) % f32x4.extract_lane(y, 0))
  r = f32x4.replace_lane(r, 1, f32x4.extract_lane(x, 1) % f32x4.extract_lane(y, 1))
  r = f32x4.replace_lane(r, 2, f32x4.extract_lane(x, 2) % f32x4.extract_lane(y, 2))
  return f32x4.replace_lane(r, 3, f32x4.extract_lane(x, 3) % f32x4.extract_lane(y, 3))
}

/** x - y floor(x/y), with the sign of y, as Python's `%`: exact but for the one rounding where the signs differ. */
@inline export function mod(x: v128, y: v128): v128 {
  const low = truncated(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y))
  const high = truncated(
    f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1)),
    f64x2.promote_low_f32x4(v128.shuffle<i64>(y, y, 1, 1)),
  )
  let r = v128.shuffle<i64>(low, high, 0, 2)
  const size = f32x4.abs(y)
  const short = v128.and(
    f32x4.lt(f32x4.div(f32x4.abs(x), size), f32x4.splat(134217728)),
    f32x4.lt(size, f32x4.splat(<f32>Infinity)),
  )
  if (!i32x4.all_true(short)) r = v128.bitselect(r, longDivision(x, y), short)
  const opposite = v128.and(i32x4.shr_s(v128.xor(r, y), 31), f32x4.ne(r, f32x4.splat(0)))
  const moved = f32x4.add(r, v128.and(y, opposite))
  const zero = v128.and(y, i32x4.splat(i32.MIN_VALUE))
  return v128.bitselect(zero, moved, f32x4.eq(r, f32x4.splat(0)))
}
