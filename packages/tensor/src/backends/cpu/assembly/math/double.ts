// Elementary functions of one double, for the kernels that work lane by lane.

/** log x for normal positive x, from the series of the inverse hyperbolic tangent; relative error below 1e-15. */
export function log(x: f64): f64 {
  const bits = reinterpret<i64>(x)
  const e = (bits - 0x3fe6a09e667f3bcd) >> 52
  const m = reinterpret<f64>(bits - (e << 52))
  const s = (m - 1) / (m + 1)
  const z = s * s
  let p: f64 = 1.0 / 21
  p = p * z + 1.0 / 19
  p = p * z + 1.0 / 17
  p = p * z + 1.0 / 15
  p = p * z + 1.0 / 13
  p = p * z + 1.0 / 11
  p = p * z + 1.0 / 9
  p = p * z + 1.0 / 7
  p = p * z + 1.0 / 5
  p = p * z + 1.0 / 3
  return <f64>e * 0.6931471805599453 + 2 * s * (1 + z * p)
}

/** sin(pi x) for |x| <= 1/2, from its power series. */
export function sinPi(x: f64): f64 {
  const t = x * 3.141592653589793
  const z = -t * t
  let p: f64 = 1
  for (let k: f64 = 20; k > 0; k -= 2) p = 1 + (z * p) / (k * (k + 1))
  return t * p
}

/** x^-n for an integer n >= 0. */
export function inversePower(x: f64, n: i32): f64 {
  let base: f64 = 1 / x
  let y: f64 = 1
  for (; n > 0; n >>= 1) {
    if (n & 1) y *= base
    base *= base
  }
  return y
}
