// log x = e ln 2 + log(1 + r), x = 2^e (1 + r), sqrt(1/2) <= 1 + r < sqrt(2).
// Minimax coefficients: fixtures/approximations.py.
import * as constant from './constants'
import { horner9, plus, times } from './polynomial'

// (log(1 + r) - r + r^2/2)/r^3
const LOG = memory.data<f32>([
  0.3333331346511841, -0.25000008940696716, 0.2000207155942917, -0.16667988896369934, 0.14220358431339264,
  -0.12406232953071594, 0.11883547902107239, -0.11670111119747162, 0.06749293953180313,
])
const SMALLEST_NORMAL: i32 = 0x00800000

/** The exponent e of a normal positive x. */
@inline export function exponentOf(x: v128): v128 {
  return i32x4.shr_s(i32x4.sub(x, constant.sqrtHalfBits()), 23)
}

/** e ln 2 + log(1 + r). The order of operations is repeated in src/special/normal-from-bits.ts. */
@inline function logReduced(exponent: v128, r: v128): v128 {
  const e = f32x4.convert_i32x4_s(exponent)
  const z = f32x4.mul(r, r)
  const p = horner9(r, LOG)
  let y = f32x4.mul(f32x4.mul(r, z), p)
  y = f32x4.add(y, f32x4.mul(e, constant.ln2Low()))
  y = f32x4.sub(y, f32x4.mul(z, constant.half()))
  return f32x4.add(f32x4.add(r, y), f32x4.mul(e, constant.ln2High()))
}

/** log x of normal positive lanes; lanes of other kinds hold no meaning. */
@inline export function logNormal(x: v128): v128 {
  const e = exponentOf(x)
  return logReduced(e, f32x4.sub(i32x4.sub(x, i32x4.shl(e, 23)), constant.one()))
}

/** Lanes that are not normal positive numbers: zeros, denormals, negative numbers, infinities, NaN. */
@inline function irregular(x: v128): v128 {
  return i32x4.ge_u(i32x4.sub(x, constant.smallestNormal()), constant.normalSpan())
}

/** `y`, with the limits of the logarithm where `x` is 0, infinite, negative or NaN. */
function logLimits(y: v128, x: v128): v128 {
  const infinity = f32x4.splat(<f32>Infinity)
  y = v128.bitselect(x, y, v128.or(f32x4.eq(x, infinity), f32x4.ne(x, x)))
  y = v128.bitselect(f32x4.splat(<f32>NaN), y, f32x4.lt(x, f32x4.splat(0)))
  return v128.bitselect(f32x4.neg(infinity), y, f32x4.eq(x, f32x4.splat(0)))
}

function logIrregular(y: v128, x: v128): v128 {
  const magnified = times(x, 8388608) // 2^23: a denormal becomes normal
  const e = exponentOf(magnified)
  const r = plus(i32x4.sub(magnified, i32x4.shl(e, 23)), -1)
  const denormal = i32x4.lt_u(x, i32x4.splat(SMALLEST_NORMAL))
  return logLimits(v128.bitselect(logReduced(i32x4.sub(e, i32x4.splat(23)), r), y, denormal), x)
}

/** The natural logarithm: -infinity at both zeros, NaN below 0. */
@inline export function log(x: v128): v128 {
  const y = logNormal(x)
  return v128.any_true(irregular(x)) ? logIrregular(y, x) : y
}

/** log(1 + x) without cancellation: -infinity at -1, NaN below. */
@inline export function log1p(x: v128): v128 {
  const u = f32x4.add(x, constant.one())
  const e = exponentOf(u)
  // What the rounding of 1 + x lost; it is 0, or drowns, where the exponent is held at 126.
  const lost = f32x4.sub(x, f32x4.sub(u, constant.one()))
  const scale = i32x4.shl(i32x4.sub(constant.word127(), i32x4.min_s(e, constant.word126())), 23)
  const r = f32x4.add(f32x4.sub(i32x4.sub(u, i32x4.shl(e, 23)), constant.one()), f32x4.mul(lost, scale))
  const y = v128.or(logReduced(e, r), v128.and(x, constant.signBit()))
  return v128.any_true(irregular(u)) ? logLimits(y, u) : y
}
