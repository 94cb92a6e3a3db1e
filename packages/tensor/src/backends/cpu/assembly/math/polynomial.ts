// Horner's rule on four lanes; the constant term comes first.

// @ts-ignore: decorator
@inline
export function times(a: v128, b: f32): v128 {
  return f32x4.mul(a, f32x4.splat(b));
}

// @ts-ignore: decorator
@inline
export function plus(a: v128, b: f32): v128 {
  return f32x4.add(a, f32x4.splat(b));
}

// @ts-ignore: decorator
@inline
export function horner3(x: v128, c0: f32, c1: f32, c2: f32): v128 {
  return plus(f32x4.mul(plus(times(x, c2), c1), x), c0);
}

// @ts-ignore: decorator
@inline
export function horner4(x: v128, c0: f32, c1: f32, c2: f32, c3: f32): v128 {
  return plus(f32x4.mul(horner3(x, c1, c2, c3), x), c0);
}

// @ts-ignore: decorator
@inline
export function horner5(x: v128, c0: f32, c1: f32, c2: f32, c3: f32, c4: f32): v128 {
  return plus(f32x4.mul(horner4(x, c1, c2, c3, c4), x), c0);
}

// @ts-ignore: decorator
@inline
export function horner6(x: v128, c0: f32, c1: f32, c2: f32, c3: f32, c4: f32, c5: f32): v128 {
  return plus(f32x4.mul(horner5(x, c1, c2, c3, c4, c5), x), c0);
}

// @ts-ignore: decorator
@inline
export function horner7(x: v128, c0: f32, c1: f32, c2: f32, c3: f32, c4: f32, c5: f32, c6: f32): v128 {
  return plus(f32x4.mul(horner6(x, c1, c2, c3, c4, c5, c6), x), c0);
}

// @ts-ignore: decorator
@inline
export function horner9(
  x: v128,
  c0: f32,
  c1: f32,
  c2: f32,
  c3: f32,
  c4: f32,
  c5: f32,
  c6: f32,
  c7: f32,
  c8: f32,
): v128 {
  return plus(f32x4.mul(plus(f32x4.mul(horner7(x, c2, c3, c4, c5, c6, c7, c8), x), c1), x), c0);
}
