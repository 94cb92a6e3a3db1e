// Minimax coefficients: fixtures/approximations.py.
import * as constant from './constants'
import { logNormal } from './logarithm'
import { horner10, horner7, horner8, plus } from './polynomial'

// erf(x)/x - 1 in x^2, |x| <= 1
const ERF = memory.data<f32>([
  0.12837916612625122, -0.3761262595653534, 0.11283578723669052, -0.026853347197175026, 0.005187162198126316,
  -0.0007997853099368513, 7.806903886375949e-5,
])
// The eighth root of erfc(x) in x - 1: a polynomial of low degree has it where erfc itself falls too fast for one.
const ERFC_ROOT = memory.data<f32>([
  0.793580174446106, -0.2617790699005127, -0.040457505732774734, 0.01871654950082302, 0.0026197677943855524,
  -0.001336300978437066, 2.3942395273479633e-5, 2.5326280592707917e-5,
])
// erfinv(w)/w in s - 1, s = -log(1 - w^2) < 5, and in sqrt(s) - 25/8 beyond
const ERFINV = memory.data<f32>([
  1.1273744106292725, 0.24783287942409515, 0.004250539466738701, -0.0023763813078403473,
  0.00010039578046416864, 3.814044248429127e-5, -4.412223461258691e-6, -5.006206720281625e-7,
  1.34935959295035e-7, -8.159728892564999e-9,
])
const ERFINV_TAIL = memory.data<f32>([
  2.958320140838623, 1.003718614578247, 0.007049253210425377, -0.005299064330756664, 0.0037792883813381195,
  -0.0025318595580756664, 0.0013168262084946036, -0.0003020252042915672, -0.00017828945419751108,
  0.0001159722960437648,
])

/** The error function: a polynomial up to |x| = 1, 1 - erfc(|x|) with the sign of x beyond; 1 from |x| = 3.92. */
@inline export function erf(x: v128): v128 {
  const one = constant.one()
  const z = f32x4.mul(x, x)
  const near = f32x4.add(x, f32x4.mul(x, horner7(z, ERF)))
  const size = f32x4.pmin(f32x4.abs(x), f32x4.splat(4))
  const root = horner8(f32x4.sub(size, one), ERFC_ROOT)
  const square = f32x4.mul(root, root)
  const fourth = f32x4.mul(square, square)
  const far = f32x4.sub(one, f32x4.mul(fourth, fourth))
  const signed = v128.or(far, v128.and(x, constant.signBit()))
  return v128.bitselect(signed, near, f32x4.gt(size, one))
}

function inverseTail(y: v128, s: v128, w: v128, tail: v128): v128 {
  return v128.bitselect(f32x4.mul(w, horner10(plus(f32x4.sqrt(s), -3.125), ERFINV_TAIL)), y, tail)
}

/** erfinv w for |w| < 1. The order of operations is repeated in src/special/normal-from-bits.ts. */
@inline export function erfinvInside(w: v128): v128 {
  const one = constant.one()
  const s = f32x4.neg(logNormal(f32x4.mul(f32x4.sub(one, w), f32x4.add(one, w))))
  const y = f32x4.mul(w, horner10(f32x4.sub(s, one), ERFINV))
  // |w| > 0.9966: one draw in 300.
  const tail = f32x4.ge(s, constant.five())
  return v128.any_true(tail) ? inverseTail(y, s, w, tail) : y
}

/** The inverse of erf: infinite at 1 and -1, NaN outside. */
@inline export function erfinv(w: v128): v128 {
  const size = f32x4.abs(w)
  const one = constant.one()
  const limit = v128.and(f32x4.eq(size, one), f32x4.mul(w, f32x4.splat(<f32>Infinity)))
  const outside = v128.or(limit, v128.not(f32x4.le(size, one)))
  return v128.bitselect(erfinvInside(w), outside, f32x4.lt(size, one))
}
