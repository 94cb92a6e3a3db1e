/** The nearest integer, ties to the even one; a zero keeps the sign of x. */
// @ts-ignore: decorator
@inline
export function roundHalfEven(x: v128): v128 {
  return f32x4.nearest(x);
}
