import { lgamma, polygamma } from '@elbo/tensor'
import { below, choose, minus, over, plus, times, type Real } from '../arithmetic.js'

/** γ, Euler's constant. */
export const eulerGamma = 0.5772156649015329

/**
 * ln Γ(c + 2h) − 2 ln Γ(c + h) + ln Γ(c) for c > 0, h > 0: how ln Γ bends over a step. Its Taylor series about c + h where that is fast, so that
 * variances of narrow distributions keep their digits.
 */
export const logGammaBend = (c: Real, h: Real): Real => {
  const isNear = below(times(2, h), c)
  const [middle, step] = [plus(c, choose(isNear, h, times(c, 0.25))), choose(isNear, h, times(c, 0.25))]
  // 2 Σ ψ⁽²ᵐ⁻¹⁾(c + h) h²ᵐ/(2m)!, whose ratio is at most 1/9.
  let [series, power] = [times(step, 0), plus(times(step, 0), 2)]
  for (let m = 1; m <= 7; m++) {
    power = over(times(power, step, step), (2 * m - 1) * 2 * m)
    series = plus(series, times(polygamma(2 * m - 1)(middle), power))
  }
  const far = minus(plus(lgamma(plus(c, times(h, 2))), lgamma(c)), times(2, lgamma(plus(c, h))))
  return choose(isNear, series, far)
}
