// Rational approximations with positive coefficients: no cancellation. Coefficients: fixtures/approximations.py.
import { logNormal } from "./logarithm";
import { horner6, horner7 } from "./polynomial";

const SIGN: i32 = i32.MIN_VALUE;

/** erf x = x P(x^2)/Q(x^2), and 1 with the sign of x from |x| = 3.92. */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const one = f32x4.splat(1);
  const c = f32x4.pmax(f32x4.pmin(x, f32x4.splat(3.92)), f32x4.splat(-3.92));
  const z = f32x4.mul(c, c);
  const p = horner6(
    z,
    1.1283791065216064,
    0.1904074251651764,
    0.05274883657693863,
    0.0037656589411199093,
    0.00028488345560617745,
    2.050091325145331e-06,
  );
  const q = horner6(
    z,
    1,
    0.5020769238471985,
    0.11410949379205704,
    0.014969296753406525,
    0.0011625452898442745,
    3.8091700844233856e-05,
  );
  const y = f32x4.mul(c, f32x4.div(p, q));
  return f32x4.pmax(f32x4.pmin(y, one), f32x4.neg(one));
}

/**
 * erfinv w for |w| < 1: w P(s)/Q(s) with s = -log(1 - w^2).
 * The order of operations is repeated in src/special/inverse-error-ratio.ts.
 */
// @ts-ignore: decorator
@inline
export function erfinvInside(w: v128): v128 {
  const one = f32x4.splat(1);
  const s = f32x4.neg(logNormal(f32x4.mul(f32x4.sub(one, w), f32x4.add(one, w))));
  const p = horner7(
    s,
    0.8862269520759583,
    0.3136804401874542,
    0.06298413127660751,
    0.008536692708730698,
    0.0007569400477223098,
    3.6573015677277e-05,
    9.517715682250127e-08,
  );
  const q = horner6(
    s,
    1,
    0.09215106815099716,
    0.0339132659137249,
    0.002187419915571809,
    0.00022737504332326353,
    3.002835001097992e-06,
  );
  return f32x4.mul(w, f32x4.div(p, q));
}

/** The inverse of erf: infinite at 1 and -1, NaN outside. */
// @ts-ignore: decorator
@inline
export function erfinv(w: v128): v128 {
  const size = f32x4.abs(w);
  const one = f32x4.splat(1);
  const limit = v128.and(f32x4.eq(size, one), f32x4.mul(w, f32x4.splat(<f32>Infinity)));
  const outside = v128.or(limit, v128.not(f32x4.le(size, one)));
  return v128.bitselect(erfinvInside(w), outside, f32x4.lt(size, one));
}
