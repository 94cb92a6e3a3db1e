// |x|^y = 2^(y log2 |x|) in double precision, so that the error of the logarithm times y stays far below an ulp and
// denormal results are rounded once. Minimax coefficients: fixtures/approximations.py.
import { exponentOf } from './logarithm'
import { times } from './polynomial'

const SHIFTER: f64 = 6755399441055744 // 1.5 * 2^52, see exponential.ts
const TWO_OVER_LN2: f64 = 2.8853900817779268

// ln(2)/2 log2((1 + s)/(1 - s))/s in s^2
const LOG2 = memory.data<f64>([
  1, 0.33333333336939847, 0.19999997922449916, 0.1428605806252208, 0.11087502744549813, 0.09805198088614468,
])
// 2^f
const EXP2 = memory.data<f64>([
  1.0000000005551068, 0.6931472057669829, 0.2402264688584499, 0.05550328712348151, 0.009618489273115819,
  0.001339995745821954, 0.000153457810317374,
])


@inline function coefficient(table: usize, k: usize): v128 {
  return v128.load64_splat(table + (k << 3))
}


@inline function next(p: v128, x: v128, table: usize, k: usize): v128 {
  return f64x2.add(f64x2.mul(p, x), coefficient(table, k))
}

/** 2^(y (exponent + log2 m)), sqrt(1/2) <= m < sqrt(2), on two lanes. */
@inline function powerOfTwo(exponent: v128, m: v128, y: v128): v128 {
  const one = f64x2.splat(1)
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one))
  const z = f64x2.mul(s, s)
  let p = coefficient(LOG2, 5)
  p = next(next(next(p, z, LOG2, 4), z, LOG2, 3), z, LOG2, 2)
  p = next(next(p, z, LOG2, 1), z, LOG2, 0)
  const log2 = f64x2.add(f64x2.mul(f64x2.mul(s, f64x2.splat(TWO_OVER_LN2)), p), exponent)
  // Beyond 200 the float32 overflows or vanishes all the same.
  const power = f64x2.pmin(f64x2.pmax(f64x2.mul(y, log2), f64x2.splat(-200)), f64x2.splat(200))
  const t = f64x2.add(power, f64x2.splat(SHIFTER))
  const f = f64x2.sub(power, f64x2.sub(t, f64x2.splat(SHIFTER)))
  let e = coefficient(EXP2, 6)
  e = next(next(next(e, f, EXP2, 5), f, EXP2, 4), f, EXP2, 3)
  e = next(next(next(e, f, EXP2, 2), f, EXP2, 1), f, EXP2, 0)
  return f32x4.demote_f64x2_zero(f64x2.mul(e, i64x2.shl(i64x2.add(t, i64x2.splat(1023)), 52)))
}

/** The special values of C99 (F.9.4.4) put over `power` = |x|^y. */
function powLimits(power: v128, x: v128, y: v128): v128 {
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  const infinity = f32x4.splat(<f32>Infinity)
  const size = f32x4.abs(x)
  const infiniteY = f32x4.eq(f32x4.abs(y), infinity)
  const half = times(y, 0.5)
  const integerY = f32x4.eq(f32x4.trunc(y), y)
  const oddY = v128.andnot(integerY, f32x4.eq(f32x4.trunc(half), half))

  // 0, infinity, or an infinite exponent: 0 or infinity, and 1 where the size is 1.
  const extreme = v128.or(infiniteY, v128.or(f32x4.eq(size, zero), f32x4.eq(size, infinity)))
  const grows = i32x4.eq(f32x4.gt(size, one), f32x4.gt(y, zero))
  const limit = v128.bitselect(one, v128.and(infinity, grows), f32x4.eq(size, one))
  let result = v128.bitselect(limit, power, extreme)

  const negative = i32x4.shr_s(x, 31)
  result = v128.xor(result, v128.and(i32x4.splat(i32.MIN_VALUE), v128.and(negative, oddY)))
  const undefined = v128.and(
    v128.and(f32x4.lt(x, zero), f32x4.gt(x, f32x4.neg(infinity))),
    v128.not(integerY),
  )
  const unordered = v128.or(f32x4.ne(x, x), f32x4.ne(y, y))
  result = v128.or(result, v128.or(undefined, unordered)) // all ones: NaN
  return v128.bitselect(one, result, v128.or(f32x4.eq(x, one), f32x4.eq(y, zero)))
}

/** x to the power y, with the special values of C99: negative bases have integer exponents, or NaN. */
@inline export function pow(x: v128, y: v128): v128 {
  const size = f32x4.abs(x)
  // A denormal is magnified by 2^24.
  const denormal = i32x4.lt_s(size, i32x4.splat(0x00800000))
  const base = v128.bitselect(times(size, 16777216), size, denormal)
  const e = exponentOf(base)
  const m = i32x4.sub(base, i32x4.shl(e, 23))
  const exponent = i32x4.sub(e, v128.and(denormal, i32x4.splat(24)))
  const low = powerOfTwo(
    f64x2.convert_low_i32x4_s(exponent),
    f64x2.promote_low_f32x4(m),
    f64x2.promote_low_f32x4(y),
  )
  const high = powerOfTwo(
    f64x2.convert_low_i32x4_s(v128.shuffle<i64>(exponent, exponent, 1, 1)),
    f64x2.promote_low_f32x4(v128.shuffle<i64>(m, m, 1, 1)),
    f64x2.promote_low_f32x4(v128.shuffle<i64>(y, y, 1, 1)),
  )
  const power = v128.shuffle<i64>(low, high, 0, 2)
  const last = i32x4.splat(0x7f7fffff)
  const regular = v128.and(
    i32x4.le_s(v128.and(y, i32x4.splat(i32.MAX_VALUE)), last),
    i32x4.lt_u(i32x4.sub(x, i32x4.splat(1)), last),
  )
  return i32x4.all_true(regular) ? power : powLimits(power, x, y)
}
