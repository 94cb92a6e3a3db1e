import { horner9 } from './polynomial'

const SIGN: i32 = i32.MIN_VALUE
const PI: f32 = 3.14159274
const HALF_PI: f32 = 1.57079637
// (atan a - a)/a^3 in a^2; minimax coefficients: fixtures/approximations.py.
const ATAN = memory.data<f32>([
  -0.3333331346511841, 0.19998906552791595, -0.14267569780349731, 0.10967876762151718, -0.08445630222558975,
  0.05863187089562416, -0.031812142580747604, 0.011238823644816875, -0.0018630893900990486,
])

/** The angle of the point (x, y) in (-pi, pi], with the signed zeros and infinities of C99 (F.9.1.4). */
@inline export function atan2(y: v128, x: v128): v128 {
  const width = f32x4.abs(x)
  const height = f32x4.abs(y)
  const large = f32x4.pmax(height, width)
  const small = f32x4.pmin(height, width)
  // Equal sizes give 1, also where they are infinite; but two zeros give 0.
  const ratio = v128.bitselect(f32x4.splat(1), f32x4.div(small, large), f32x4.eq(small, large))
  const a = v128.and(ratio, f32x4.ne(large, f32x4.splat(0)))
  const z = f32x4.mul(a, a)
  const p = horner9(z, ATAN)
  const angle = f32x4.add(a, f32x4.mul(f32x4.mul(a, z), p))
  const steep = f32x4.gt(height, width)
  const upright = v128.bitselect(f32x4.sub(f32x4.splat(HALF_PI), angle), angle, steep)
  const left = i32x4.shr_s(x, 31)
  const turned = v128.bitselect(f32x4.sub(f32x4.splat(PI), upright), upright, left)
  const signed = v128.or(turned, v128.and(y, i32x4.splat(SIGN)))
  return v128.or(signed, f32x4.ne(x, x)) // pmin and pmax may drop a NaN of x
}
