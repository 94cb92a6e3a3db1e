// Horner's rule on four lanes. The coefficients, constant term first, lie in static memory: engines load and spread a number from
// there in one instruction, and build a vector constant in three.

@inline export function times(a: v128, b: f32): v128 {
  return f32x4.mul(a, f32x4.splat(b))
}


@inline export function plus(a: v128, b: f32): v128 {
  return f32x4.add(a, f32x4.splat(b))
}


@inline function next(p: v128, x: v128, c: usize): v128 {
  return f32x4.add(f32x4.mul(p, x), v128.load32_splat(c))
}


@inline function horner2(x: v128, c: usize): v128 {
  return next(v128.load32_splat(c + 4), x, c)
}


@inline export function horner3(x: v128, c: usize): v128 {
  return next(horner2(x, c + 4), x, c)
}


@inline function horner4(x: v128, c: usize): v128 {
  return next(horner3(x, c + 4), x, c)
}


@inline export function horner5(x: v128, c: usize): v128 {
  return next(horner4(x, c + 4), x, c)
}


@inline function horner6(x: v128, c: usize): v128 {
  return next(horner5(x, c + 4), x, c)
}


@inline export function horner7(x: v128, c: usize): v128 {
  return next(horner6(x, c + 4), x, c)
}


@inline export function horner8(x: v128, c: usize): v128 {
  return next(horner7(x, c + 4), x, c)
}

// The long ones take even and odd powers apart: the chain of operations that wait for each other is half as long.

@inline function even9(z: v128, c: usize): v128 {
  return next(next(next(next(v128.load32_splat(c + 32), z, c + 24), z, c + 16), z, c + 8), z, c)
}


@inline export function horner9(x: v128, c: usize): v128 {
  const z = f32x4.mul(x, x)
  const odd = next(next(next(v128.load32_splat(c + 28), z, c + 20), z, c + 12), z, c + 4)
  return f32x4.add(even9(z, c), f32x4.mul(odd, x))
}


@inline export function horner10(x: v128, c: usize): v128 {
  const z = f32x4.mul(x, x)
  const odd = next(next(next(next(v128.load32_splat(c + 36), z, c + 28), z, c + 20), z, c + 12), z, c + 4)
  return f32x4.add(even9(z, c), f32x4.mul(odd, x))
}
