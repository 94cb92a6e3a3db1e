// Derivatives of log Gamma lane by lane in double precision; the method and its sources: src/special/polygamma.ts.
import { inversePower, log, sinPi } from './double'

/** Digamma near its positive zero: a Taylor series in d = x - zero, |d| < 1/4. */
function digammaAboutZero(d: f64): f64 {
  let p: f64 = 0.002305126326734928
  p = p * d - 0.003369801655439328
  p = p * d + 0.004926781395729853
  p = p * d - 0.007204534386356869
  p = p * d + 0.010538791616612175
  p = p * d - 0.01542476590494896
  p = p * d + 0.022597648232218104
  p = p * d - 0.03316112647484736
  p = p * d + 0.04880428816414311
  p = p * d - 0.07219956125645471
  p = p * d + 0.10782405069126237
  p = p * d - 0.16394270544240652
  p = p * d + 0.258499760955651
  p = p * d - 0.4427631689835921
  p = p * d + 0.9676722454476212
  return d * p
}

function digammaPositive(x: f64): f64 {
  const d = x - 1.4616321449683622
  if (abs(d) < 0.25) return digammaAboutZero(d)
  let sum: f64 = 0
  for (; x < 10; x += 1) sum -= 1 / x
  if (x == Infinity) return x
  const z = 1 / (x * x)
  const p = 1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - (z * 1.0) / 132)))
  return sum + log(x) - 0.5 / x - z * p
}

function digamma(single: f32): f32 {
  const x = <f64>single
  if (x > 0) return <f32>digammaPositive(x)
  if (x == 0) return -1 / single
  const r = x - nearest(x)
  if (!(abs(r) > 0)) return <f32>NaN
  // cos(pi r) = sin(pi (1/2 - |r|))
  const cotangent = sinPi(0.5 - abs(r)) / sinPi(r)
  return <f32>(digammaPositive(1 - x) - 3.141592653589793 * cotangent)
}

/** B_2k, k = 1 ... 7. */
function bernoulli(k: i32): f64 {
  if (k == 1) return 1.0 / 6
  if (k == 2 || k == 4) return -1.0 / 30
  if (k == 3) return 1.0 / 42
  if (k == 5) return 5.0 / 66
  if (k == 6) return -691.0 / 2730
  return 7.0 / 6
}

/** Hurwitz's zeta function for x > 0 and an integer s >= 2, by Euler and Maclaurin's formula. */
function hurwitzZeta(s: i32, x: f64): f64 {
  let sum: f64 = 0
  for (; x < <f64>(10 + s); x += 1) sum += inversePower(x, s)
  if (x == Infinity) return 0
  const power = inversePower(x, s)
  sum += (power * x) / <f64>(s - 1) + 0.5 * power
  let term = (<f64>s * power) / (2 * x)
  for (let k = 1; k <= 7; k++) {
    sum += bernoulli(k) * term
    const j = <f64>(s + 2 * k)
    const i = <f64>(2 * k)
    term *= ((j - 1) * j) / (x * x * (i + 1) * (i + 2))
  }
  return sum
}

function derivative(order: i32, single: f32): f32 {
  const x = <f64>single
  const s = order + 1
  let zeta: f64
  if (x > 0) {
    zeta = hurwitzZeta(s, x)
  } else {
    const r = x - nearest(x)
    if (r == 0) {
      if (order & 1) return <f32>Infinity
      return x == 0 ? -1 / single : <f32>NaN
    }
    if (r != r) return <f32>NaN
    const parity: f64 = s & 1 ? -1 : 1
    // The sum over all integers; for odd s it vanishes half-way between them.
    zeta =
      parity < 0 && abs(r) == 0.5
        ? 0
        : inversePower(r, s) + hurwitzZeta(s, 1 + r) + parity * hurwitzZeta(s, 1 - r)
    zeta -= parity * hurwitzZeta(s, 1 - x)
  }
  for (let k = 2; k <= order; k++) zeta *= <f64>k
  return <f32>(order & 1 ? zeta : -zeta)
}

function polygammaOf(order: i32, x: f32): f32 {
  return order == 0 ? digamma(x) : derivative(order, x)
}

/** The derivative of digamma of the order 0 (itself) to 100, with the poles of src/special/polygamma.ts. */
@inline export function polygamma(order: i32, x: v128): v128 {
  let y = f32x4.replace_lane(x, 0, polygammaOf(order, f32x4.extract_lane(x, 0)))
  y = f32x4.replace_lane(y, 1, polygammaOf(order, f32x4.extract_lane(x, 1)))
  y = f32x4.replace_lane(y, 2, polygammaOf(order, f32x4.extract_lane(x, 2)))
  return f32x4.replace_lane(y, 3, polygammaOf(order, f32x4.extract_lane(x, 3)))
}
