/** The nearest integer, ties to the even one; a zero keeps the sign of x. */
@inline export function roundHalfEven(x: v128): v128 {
  return f32x4.nearest(x)
}
