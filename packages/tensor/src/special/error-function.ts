const { PI, abs, exp, fround, log1p, sqrt } = Math

// Minimax coefficients of erf(x)/x in x², |x| ≤ 1 (fixtures/approximations.py, relative error 2^-57).
const erfNearZero = [
  1.1283791670955126, -0.3761263890318352, 0.11283791670944185, -0.02686617064311144, 0.005223977606118296,
  -0.0008548325929306829, 0.00012055293576686918, -1.4924712298094114e-5, 1.6447131524503547e-6,
  -1.6206313408057644e-7, 1.37109789045861e-8, -7.779465729549996e-10,
]

// Chebyshev coefficients of exp(x²) erfc(x) in t = (x − 3.75)/(x + 3.75), t from its value at x = 1 to 1.
const erfcxTail = [
  0.15170806256127958, -0.19775474754789057, 0.05842517401667568, -0.015309714478094155,
  0.0035355199226931176, -0.0007104166225981574, 0.0001213415451658019, -1.683441998436696e-5,
  1.7007920616618565e-6, -7.752908471074817e-8, -1.0613026758434345e-8, 2.5447931315865936e-9,
  -1.5212260460445734e-10, -2.503080859445949e-11, 5.278362710525708e-12, -2.179190381617677e-14,
  -1.0302862426120906e-13, 8.209253645955937e-15, 1.7049043398469876e-15, -2.8755654540759133e-16,
  -2.586808448371377e-17, 8.221793016717427e-18,
]
const centre = 3.75
const tailStart = (1 - centre) / (1 + centre)

const erfPolynomial = (x: number): number => {
  const z = x * x
  let p = 0
  for (let k = erfNearZero.length - 1; k >= 0; k--) p = p * z + erfNearZero[k]
  return x * p
}

/** exp(x²) erfc(x) for x ≥ 1, by Clenshaw's recurrence. */
const erfcx = (x: number): number => {
  const t = 1 - (2 * centre) / (x + centre)
  const u = (2 * (t - tailStart)) / (1 - tailStart) - 1
  let [b1, b2] = [0, 0]
  for (let k = erfcxTail.length - 1; k > 0; k--) [b1, b2] = [2 * u * b1 - b2 + erfcxTail[k], b1]
  return u * b1 - b2 + erfcxTail[0]
}

/** exp(−x²) without the rounding of x²: the square of x to 24 bits is exact. */
const gaussian = (x: number): number => {
  const head = fround(x)
  return exp(-head * head) * exp((head - x) * (head + x))
}

/** erfc(x) for x ≥ 1. */
const erfcTail = (x: number): number => (x > 27.3 ? 0 : gaussian(x) * erfcx(x))

/**
 * The error function, 2/√π ∫₀ˣ exp(−t²) dt (DLMF 7.2.1), with relative error below 1e-15.
 *
 * The split into a polynomial near zero and a scaled tail is that of W. J. Cody, “Rational Chebyshev
 * approximations for the error function”, Math. Comp. 23 (1969); the variable of the tail is that of
 * J. L. Schonfelder, Math. Comp. 32 (1978). Coefficients are our own.
 */
export const erf = (x: number): number => {
  if (x > 1) return 1 - erfcTail(x)
  if (x < -1) return erfcTail(-x) - 1
  return erfPolynomial(x)
}

/** The complement 1 − erf(x) without cancellation (DLMF 7.2.2), with relative error below 1e-14. */
export const erfc = (x: number): number => {
  if (x > 1) return erfcTail(x)
  if (x < -1) return 2 - erfcTail(-x)
  return 1 - erfPolynomial(x)
}

/**
 * S. Winitzki, “A handy approximation for the error function and its inverse” (2008): the inverse for 0 ≤ y < 1, relative
 * error below 0.01.
 */
const roughInverse = (y: number): number => {
  const a = 0.147
  const s = -log1p(-y * y)
  const b = 2 / (PI * a) - s / 2
  return sqrt(s / a / (sqrt(b * b + s / a) + b))
}

/**
 * The inverse of erf on (−1, 1): ±∞ at ±1 and NaN outside; relative error below 1e-14.
 *
 * Halley's iteration on erf(x) = y, or on erfc(x) = 1 − |y| where |y| > ½ (1 − |y| is exact there).
 */
export const erfinv = (y: number): number => {
  const size = abs(y)
  if (size === 0) return y
  if (!(size <= 1)) return NaN
  if (size === 1) return y * Infinity
  let x = roughInverse(size)
  for (let k = 0; k < 3; k++) {
    const residual = size <= 0.5 ? size - erf(x) : erfc(x) - (1 - size)
    const newton = (residual * sqrt(PI)) / 2 / gaussian(x)
    x += newton / (1 - x * newton)
  }
  return y < 0 ? -x : x
}
