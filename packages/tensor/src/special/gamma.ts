const { PI, abs, log, log1p, round, sign, sin } = Math
const { isInteger, isNaN } = Number

// (−1)^k (ζ(k) − 1)/k from k = 2: DLMF 5.7.3 about 2.
const aboutTwo = [
  0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986, 0.0028905103307415234,
  -0.001192753911703261, 0.0005096695247430425, -0.00022315475845357939, 9.945751278180853e-5,
  -4.492623673813314e-5, 2.050721277567069e-5, -9.439488275268397e-6, 4.374866789907488e-6,
  -2.039215753801366e-6, 9.55141213040742e-7, -4.492469198764566e-7, 2.1207184805554665e-7,
  -1.0043224823968099e-7, 4.7698101693639804e-8, -2.2711094608943164e-8, 1.0838659214896955e-8,
  -5.183475041970047e-9, 2.4836745438024785e-9, -1.1921401405860912e-9, 5.731367241678862e-10,
  -2.7595228851242334e-10,
]
const oneMinusEuler = 0.42278433509846713

// B₂ₖ/(2k(2k − 1)), k = 1…8: the asymptotic series, DLMF 5.11.1.
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400]
const halfLogTwoPi = 0.9189385332046728

/** log Γ(2 + z), |z| ≤ ½. */
const logGammaAboutTwo = (z: number): number => {
  let p = 0
  for (let k = aboutTwo.length - 1; k >= 0; k--) p = p * z + aboutTwo[k]
  return z * (oneMinusEuler + z * p)
}

const logGammaPositive = (x: number): number => {
  if (x < 0.5) return logGammaAboutTwo(x) - log(x) - log1p(x)
  if (x < 1.5) return logGammaAboutTwo(x - 1) - log(x)
  if (x < 2.5) return logGammaAboutTwo(x - 2)
  if (x < 10) {
    let product = 1
    let y = x
    while (y >= 2.5) {
      y -= 1
      product *= y
    }
    return logGammaAboutTwo(y - 2) + log(product)
  }
  if (x === Infinity) return Infinity
  const z = 1 / (x * x)
  let p = 0
  for (let k = stirling.length - 1; k >= 0; k--) p = p * z + stirling[k]
  return (x - 0.5) * (log(x) - 1) + (halfLogTwoPi - 0.5 + p / x)
}

/** sin(πx), exact in the reduction of its argument. */
const sinPi = (x: number): number => {
  const r = x - 2 * round(x / 2)
  return abs(r) <= 0.5 ? sin(PI * r) : sin(PI * (sign(r) - r))
}

/**
 * log |Γ(x)|. +∞ at 0, at the negative integers and at ±∞.
 *
 * For x > 0 the power series about 2 (DLMF 5.7.3), the recurrence Γ(x + 1) = x Γ(x), and from 10
 * Stirling's series (DLMF 5.11.1), with relative error below 1e-14. For x < 0 the reflection formula (DLMF 5.5.3), with absolute
 * error below 1e-14 max(1, log Γ(−x)): near its zeros on the negative axis digits are lost.
 */
export const lgamma = (x: number): number => {
  if (x > 0) return logGammaPositive(x)
  if (isNaN(x)) return NaN
  if (isInteger(x) || x === -Infinity) return Infinity
  return log(PI / abs(x * sinPi(x))) - logGammaPositive(-x)
}
