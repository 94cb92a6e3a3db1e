const { PI, abs, log, round, sign, tan } = Math
const { isFinite, isInteger, isNaN } = Number

// The positive zero of ψ in two parts, and ψ's Taylor coefficients there from the linear term.
const zero = 1.4616321449683622
const zeroTail = 9.549995429965697e-17
const aboutZero = [
  0.9676722454476212, -0.4427631689835921, 0.258499760955651, -0.16394270544240652, 0.10782405069126237,
  -0.07219956125645471, 0.04880428816414311, -0.03316112647484736, 0.022597648232218104, -0.01542476590494896,
  0.010538791616612175, -0.007204534386356869, 0.004926781395729853, -0.003369801655439328,
  0.002305126326734928, -0.0015769367714301972, 0.0010788252019162967, -0.0007380709389960052,
  0.000504953265834602, -0.0003454680251063077, 0.00023635601564027053,
]

/** Bernoulli numbers B₂, B₄, … (DLMF 24.2). */
const bernoulli = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
  -174611 / 330,
]

const digammaPositive = (x: number): number => {
  const d = x - zero - zeroTail
  if (abs(d) < 0.25) {
    let p = 0
    for (let k = aboutZero.length - 1; k >= 0; k--) p = p * d + aboutZero[k]
    return d * p
  }
  let sum = 0
  let y = x
  for (; y < 10; y++) sum -= 1 / y
  if (y === Infinity) return Infinity
  const z = 1 / (y * y)
  let p = 0
  for (let k = 7; k >= 0; k--) p = (p + bernoulli[k] / (2 * k + 2)) * z
  return sum + log(y) - 0.5 / y - p
}

/**
 * ψ(x) = Γ′(x)/Γ(x). −∞ at +0, +∞ at −0, NaN at the negative integers and at −∞.
 *
 * Recurrence and asymptotic series (DLMF 5.5.2, 5.11.2) for x > 0, a Taylor series about the positive zero, so
 * that the relative error stays below 1e-14; reflection (DLMF 5.5.4) for x < 0, with absolute error
 * below 1e-14 max(1, |ψ(1 − x)|, |π cot πx|).
 */
export const digamma = (x: number): number => {
  if (x > 0) return digammaPositive(x)
  if (x === 0) return -1 / x
  if (!isFinite(x) || isInteger(x)) return NaN
  const r = x - round(x)
  const cotangent = abs(r) < 0.25 ? 1 / tan(PI * r) : tan(PI * (sign(r) * 0.5 - r))
  return digammaPositive(1 - x) - PI * cotangent
}

/** Hurwitz's ζ(s, x) for an integer s ≥ 2 and x > 0, by Euler and Maclaurin's formula (DLMF 25.11.5, 2.10.1). */
const hurwitzZeta = (s: number, x: number): number => {
  let sum = 0
  let y = x
  for (; y < 10 + s; y++) sum += y ** -s
  if (y === Infinity) return 0
  const power = y ** -s
  let term = (s * power) / y
  let tail = 0
  for (let k = 0; k < bernoulli.length; k++) {
    const j = 2 * k + 2
    tail += (bernoulli[k] / factorial(j)) * term
    term *= ((s + j - 1) * (s + j)) / (y * y)
  }
  return sum + (power * y) / (s - 1) + power / 2 + tail
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))

/** The sum over all integers k of (x + k)^−s, which has period 1 and, for odd s, vanishes half-way between integers. */
const zetaOfAllIntegers = (s: number, x: number): number => {
  const r = x - round(x)
  if (s % 2 === 0) return r ** -s + hurwitzZeta(s, 1 + r) + hurwitzZeta(s, 1 - r)
  return abs(r) === 0.5 ? 0 : r ** -s + hurwitzZeta(s, 1 + r) - hurwitzZeta(s, 1 - r)
}

/** ζ(s, x) continued to x < 0. */
const hurwitzZetaNegative = (s: number, x: number): number =>
  zetaOfAllIntegers(s, x) - (s % 2 === 0 ? 1 : -1) * hurwitzZeta(s, 1 - x)

/**
 * The derivative ψ⁽ⁿ⁾(x) of the digamma function; n is an integer from 0 (digamma itself) to 100.
 *
 * For n ≥ 1 it is (−1)ⁿ⁺¹ n! ζ(n + 1, x) (DLMF 25.11.12), with relative error below 1e-13 for x > 0; for x < 0
 * the error is relative to the largest of the terms that the reflection adds up. At the poles 0, −1, −2, … odd n give +∞; even n
 * give −∞ at +0, +∞ at −0 and NaN at the negative integers, where the two sides differ in sign. NaN at −∞.
 */
export const polygamma = (n: number, x: number): number => {
  if (n === 0) return digamma(x)
  if (isNaN(x) || x === -Infinity) return NaN
  if (x <= 0 && isInteger(x)) {
    if (n % 2 === 1) return Infinity
    return x === 0 ? -1 / x : NaN
  }
  const zeta = x > 0 ? hurwitzZeta(n + 1, x) : hurwitzZetaNegative(n + 1, x)
  return (n % 2 === 0 ? -1 : 1) * factorial(n) * zeta
}

/** ψ′(x), the first derivative of the digamma function (DLMF 5.15.1). */
export const trigamma = (x: number): number => polygamma(1, x)
