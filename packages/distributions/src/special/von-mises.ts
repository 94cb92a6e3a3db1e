import { exp, expandDims, log, neg, round, sin, sqrt, square, stopGradient } from '@elbo/tensor'
import {
  above,
  below,
  choose,
  larger,
  minus,
  over,
  plus,
  smaller,
  times,
  type Operand,
  type Real,
} from '../arithmetic.js'
import { integralTo } from './quadrature.js'

/** How closely a von Mises density lies about its mode, θ = 0. */
export interface Concentrated extends Readonly<Record<string, Real>> {
  readonly kappa: Real
}

const column = (x: Real): Real => expandDims(-1)(x)

/** e⁻⁴⁰ of what the integrand begins with is left out where an angle is as its sine, and less than e⁻¹⁶ elsewhere. */
const depth = 40

/** 1 − cos θ */
const versine = (theta: Real): Real => times(square(sin(times(theta, 0.5))), 2)

/**
 * ∫ f(t) exp(−κ(cos from − cos(from + t))) dt over [0, width] for from + width ≤ π: Gauss's rule with 32 nodes. A positive, entire function that
 * falls; Bessel functions need not be computed.
 */
const integral = (kappa: Real, from: Real, width: Real, f: (t: Real) => Operand = () => 1): Real => {
  const [k, start] = [column(plus(kappa, times(from, 0))), column(plus(from, times(kappa, 0)))]
  // Where κ(t sin from + ½t² cos from) = 40.
  const size = over(2 * depth, stopGradient(k))
  const [sine, bend] = [larger(sin(start), 0), minus(1, versine(start))]
  const squared = plus(times(sine, sine), times(size, bend))
  const isReached = above(squared, 0)
  const root = plus(sine, sqrt(choose(isReached, squared, 1)))
  const end = stopGradient(choose(isReached, over(size, root), Math.PI))
  const length = smaller(column(plus(width, times(kappa, 0))), end)
  return integralTo(length, t => {
    const half = times(t, 0.5)
    return times(exp(times(k, sin(plus(start, half)), sin(half), -2)), f(t))
  })
}

/** Half of the mass, relative to the density at the mode. */
const halfMass = (kappa: Real): Real => integral(kappa, times(kappa, 0), plus(times(kappa, 0), Math.PI))

/** ln ∫ exp(−κ(1 − cos θ)) dθ over the circle, which is ln 2πI₀(κ) − κ. */
const logMass = (kappa: Real): Real => plus(log(halfMass(kappa)), Math.LN2)

/** E[1 − cos θ] = 1 − I₁(κ)/I₀(κ) */
const meanVersine = (kappa: Real): Real =>
  over(integral(kappa, times(kappa, 0), plus(times(kappa, 0), Math.PI), versine), halfMass(kappa))

/** 2π less what the first ten bits have of it. */
const [turnHigh, turnLow] = [6.28125, 2 * Math.PI - 6.28125]

/** The angle in [−π, π] that differs from this by whole turns. In operations that round alike everywhere. */
export const wrapped = (angle: Real): Real => {
  const turns = stopGradient(round(times(angle, 1 / (2 * Math.PI))))
  return minus(angle, times(turns, turnHigh), times(turns, turnLow))
}

/** The von Mises density of θ in [−π, π] in proportion to e^(κ cos θ), and what is made of it. */
export const vonMises = {
  logDensity: (theta: Real, { kappa }: Concentrated): Real =>
    minus(times(kappa, versine(theta), -1), logMass(kappa)),
  /** From −π on, by the mass beyond θ on its side of the mode. */
  cdf: (theta: Real, { kappa }: Concentrated): Real => {
    const isNegative = below(theta, 0)
    const size = choose(isNegative, neg(theta), theta)
    const width = larger(minus(Math.PI, size), 0)
    const share = exp(minus(times(kappa, versine(size), -1), logMass(kappa)))
    const tail = times(share, integral(kappa, size, width))
    return choose(isNegative, tail, minus(1, tail))
  },
  meanVersine,
  entropy: (kappa: Real): Real => plus(times(kappa, meanVersine(kappa)), logMass(kappa)),
}
