import { atan2, exp, expandDims, log, sin, sqrt, square, squeeze, stopGradient } from '@elbo/tensor'
import { atMost, choose, larger, minus, over, plus, smaller, times, type Real } from '../arithmetic.js'
import { integralTo, type Quantiles } from '../special/index.js'

const column = (x: Real): Real => expandDims(-1)(x)

/** The angle of a sine and a cosine. */
const angle = (sine: Real, cosine: Real): Real => atan2(cosine)(sine)

/** ∫ f from a to b, whose last axes have a length of 1; f is asked at 32 places along it. The axis goes. */
const integral = (a: Real, b: Real, f: (theta: Real) => Real): Real =>
  integralTo(minus(b, a), t => f(plus(a, t)))

/** 1 − cos θ */
const versine = (theta: Real): Real => times(square(sin(times(theta, 0.5))), 2)

interface Concentration extends Readonly<Record<string, Real>> {
  readonly kappa: Real
}

/** How far a draw lies from the mean direction, as s = 1 − cos θ in [0, 2]. */
export interface Distance extends Quantiles<Concentration> {
  /** ln ∫ sinⁿ⁻²θ exp(−κ(1 − cos θ)) dθ over [0, π]. */
  readonly logMass: (kappa: Real) => Real
  /** E[s], Var[s] and E[sin² θ]. */
  readonly moments: (kappa: Real) => { readonly mean: Real; readonly variance: Real; readonly sine2: Real }
}

/** Six of these wide, to either side of the mode, the density is below e⁻¹⁸ of it. */
const reach = 6

/**
 * The angle θ between a von Mises-Fisher draw in n dimensions and the mean direction has a density in proportion to
 * sinⁿ⁻²θ exp(−κ(1 − cos θ)). All that is asked of it are integrals of positive, entire functions: Gauss's rule with 32 nodes about the mode,
 * where cos θ = κ/(ν + √(ν² + κ²)) with ν = ½n − 1. No term cancels another, whatever κ is; Bessel functions need not be computed.
 */
export const distance = (n: number): Distance => {
  const nu = n / 2 - 1

  /** The mode, what lies about it, and ln of the density's numerator relative to there. Without a gradient except by κ·s. */
  const about = (concentration: Real) => {
    const kappa = column(concentration)
    const fixed = stopGradient(kappa)
    const root = sqrt(plus(square(fixed), nu * nu))
    const sum = plus(root, nu)
    // 1 − cos and sin of the mode.
    const nearest = over(plus(nu, over(nu * nu, plus(root, fixed))), sum)
    const sine = sqrt(over(2 * nu, sum))
    const mode = angle(sine, minus(1, nearest))
    const width = over(reach, sqrt(root))
    const from = larger(minus(mode, width), 0)
    const to = smaller(plus(mode, width), Math.PI)
    const height = (theta: Real): Real => {
      const fall = times(kappa, minus(nearest, versine(theta)))
      return nu === 0 ? fall : plus(times(log(over(sin(theta), sine)), 2 * nu), fall)
    }
    const logPeak = minus(nu === 0 ? 0 : times(log(sine), 2 * nu), times(kappa, nearest))
    return { from, to, height, logPeak: squeeze(-1)(logPeak as never) as Real }
  }

  const logMass = (kappa: Real): Real => {
    const { from, to, height, logPeak } = about(kappa)
    return plus(logPeak, log(integral(from, to, theta => exp(height(theta)))))
  }

  return {
    logMass,
    moments: kappa => {
      const { from, to, height } = about(kappa)
      const average = (f: (s: Real) => Real): Real => {
        const total = integral(from, to, theta => exp(height(theta)))
        return over(
          integral(from, to, theta => times(exp(height(theta)), f(versine(theta)))),
          total,
        )
      }
      const mean = average(s => s)
      return {
        mean,
        variance: average(s => square(minus(s, column(mean)))),
        sine2: average(s => times(s, minus(2, s))),
      }
    },
    // P(S ≤ s), by the smaller of the two parts of the mass.
    cdf: (s, { kappa }) => {
      const { from, to, height, logPeak } = about(plus(kappa, times(s, 0)))
      const end = column(stopGradient(angle(sqrt(times(s, minus(2, s))), minus(1, s))))
      const middle = over(plus(from, to), 2)
      const isLower = atMost(end, middle)
      const part = integral(
        choose(isLower, smaller(from, end), end),
        choose(isLower, end, larger(to, end)),
        theta => exp(height(theta)),
      )
      const share = exp(plus(log(part), minus(logPeak, logMass(plus(kappa, times(s, 0))))))
      return choose(squeeze(-1)(isLower as never) as never, share, minus(1, share))
    },
    logDensity: (s, { kappa }) =>
      minus(times(log(times(s, minus(2, s))), nu - 0.5), times(kappa, s), logMass(kappa)),
  }
}
