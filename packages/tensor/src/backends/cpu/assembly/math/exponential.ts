// e^x = 2^n e^r with n the integer nearest to x/ln 2 and |r| <= ln(2)/2 (Cody and Waite's reduction).
// Minimax coefficients: fixtures/approximations.py.
import * as constant from './constants'
import { horner5 } from './polynomial'

// (e^r - 1 - r)/r^2
const EXP = memory.data<f32>([
  0.5, 0.16666530072689056, 0.04166615381836891, 0.008368270471692085, 0.0013976404443383217,
])


@inline function shifted(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, constant.log2E()), constant.shifter())
}


@inline function remainder(x: v128, n: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, constant.ln2High())), f32x4.mul(n, constant.ln2Low()))
}

/** (e^r - 1 - r)/r. */
@inline function curvature(r: v128): v128 {
  return f32x4.mul(r, horner5(r, EXP))
}

/** e^r - 1, exact for a zero (with its sign) and for a denormal r. */
@inline function expm1Reduced(r: v128): v128 {
  return f32x4.mul(r, f32x4.add(curvature(r), constant.one()))
}

/** e^x: 0 below -103.98, infinity above 88.73; correct into the denormals. */
@inline export function exp(x: v128): v128 {
  // In this order of operands a NaN stays.
  const c = f32x4.pmin(f32x4.pmax(x, constant.leastOfExp()), constant.mostOfExp())
  const t = shifted(c)
  const r = remainder(c, f32x4.sub(t, constant.shifter()))
  const p = f32x4.add(f32x4.add(r, f32x4.mul(r, curvature(r))), constant.one())
  // 2^n in two factors, both normal: one rounding, in the last product.
  const n = i32x4.sub(t, constant.shifterBits())
  const half = i32x4.shr_s(n, 1)
  const bias = constant.word127()
  const first = i32x4.shl(i32x4.add(half, bias), 23)
  const second = i32x4.shl(i32x4.add(i32x4.sub(n, half), bias), 23)
  return f32x4.mul(f32x4.mul(p, first), second)
}

/** e^x - 1 without cancellation; -1 below -17.4, infinity above 88.73. */
@inline export function expm1(x: v128): v128 {
  const c = f32x4.pmin(f32x4.pmax(x, constant.leastOfExpm1()), constant.mostOfExp())
  const t = shifted(c)
  const n = f32x4.sub(t, constant.shifter())
  const q = expm1Reduced(remainder(c, n))
  // 2^(n-1), normal also where n is 128.
  const half = i32x4.shl(i32x4.add(i32x4.sub(t, constant.shifterBits()), constant.word126()), 23)
  const y = f32x4.add(f32x4.mul(half, q), f32x4.sub(half, constant.half()))
  return v128.bitselect(q, f32x4.add(y, y), f32x4.eq(n, f32x4.splat(0)))
}

/** e^x - 1 for 0 <= x <= 80. */
@inline export function expm1Positive(x: v128): v128 {
  const t = shifted(x)
  const q = expm1Reduced(remainder(x, f32x4.sub(t, constant.shifter())))
  const power = i32x4.shl(i32x4.add(i32x4.sub(t, constant.shifterBits()), constant.word127()), 23)
  return f32x4.add(f32x4.mul(power, q), f32x4.sub(power, constant.one()))
}
