import { exp, expandDims, log, log1p, neg, sqrt, square, stopGradient } from '@elbo/tensor'
import {
  above,
  atLeast,
  atMost,
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

/** Norm[loc, scale²] on [low, high], where low = −∞ and high = ∞ are admitted. */
export interface Cut extends Readonly<Record<string, Real>> {
  readonly loc: Real
  readonly scale: Real
  readonly low: Real
  readonly high: Real
}

/**
 * An interval as it lies about the point of it that is nearest to loc, in units of scale: of the parts to either side of that point, how far
 * they reach and how far from loc they begin. One of `rise` and `fall` is 0 at least; both are where loc is inside.
 */
export interface Sides {
  readonly nearest: Real
  readonly rise: Real
  readonly fall: Real
  /** How far `low` is below x, and `high` above it. */
  readonly down: (x: Real) => Real
  readonly up: (x: Real) => Real
}

/** So far from loc, or from an end beyond loc, a normal density is 0 in single precision. */
const far = 100

/** In operations that round alike everywhere. */
export const sidesOf = ({ loc, scale, low, high }: Cut): Sides => {
  const [isAbove, isBelow] = [atMost(loc, low), atLeast(loc, high)]
  const [hasLow, hasHigh] = [above(low, -Infinity), below(high, Infinity)]
  const [from, to] = [choose(hasLow, low, loc), choose(hasHigh, high, loc)]
  return {
    nearest: choose(isAbove, from, choose(isBelow, to, loc)),
    rise: choose(isAbove, over(minus(from, loc), scale), 0),
    fall: choose(isBelow, over(minus(loc, to), scale), 0),
    down: x => choose(hasLow, over(minus(x, from), scale), far),
    up: x => choose(hasHigh, over(minus(to, x), scale), far),
  }
}

const column = (x: Real): Real => expandDims(-1)(x)

/** e⁻²⁰ of what the integrand begins with is left out. */
const depth = 20

/** ct + t²/2 */
const fallOf = (c: Real, t: Real): Real => times(t, plus(c, times(t, 0.5)))

/** ∫₀ʷ f(t) e^(−ct − t²/2) dt for c, w ≥ 0: Gauss's rule with 32 nodes. */
const integral = (c: Real, width: Real, f: (t: Real) => Operand = () => 1): Real => {
  const own = column(plus(c, times(width, 0)))
  const end = over(2 * depth, plus(own, sqrt(plus(times(own, own), 2 * depth))))
  const length = smaller(column(plus(width, times(c, 0))), stopGradient(end))
  return integralTo(length, t => times(exp(neg(fallOf(own, t))), f(t)))
}

/** Beyond this a distance counts as this: its density is 0, and its square is still a number. */
const outermost = 1e4

/** The mass from e on to e + w, relative to the density at 0. */
const beyond = (c: Real, e: Real, width: Real): Real =>
  times(exp(neg(fallOf(c, smaller(e, outermost)))), integral(plus(c, smaller(e, outermost)), width))

/** Masses to either side of x, relative to the density at `nearest`, each with full relative accuracy. */
const masses = (x: Real, cut: Cut): { readonly lower: Real; readonly upper: Real } => {
  const { nearest, rise, fall, down, up } = sidesOf(cut)
  const distance = (a: Real, b: Real): Real => over(minus(a, b), cut.scale)
  const [before, after] = [smaller(x, nearest), larger(x, nearest)]
  return {
    lower: plus(
      integral(rise, distance(after, nearest)),
      beyond(fall, distance(nearest, before), down(before)),
    ),
    upper: plus(integral(fall, distance(nearest, before)), beyond(rise, distance(after, nearest), up(after))),
  }
}

/** ∫ f(t) over the interval with t = (x − nearest)/scale, relative to the density at `nearest`. */
const whole = (cut: Cut, f?: (t: Real) => Real): Real => {
  const { nearest, rise, fall, down, up } = sidesOf(cut)
  return plus(integral(rise, up(nearest), f), integral(fall, down(nearest), f && (t => f(neg(t)))))
}

/** Mean, variance and entropy, the last in nats. Terms of the integrals have one sign, but for those of the mean. */
export const cutMoments = (cut: Cut) => {
  const { nearest, rise, fall } = sidesOf(cut)
  const mass = whole(cut)
  const average = (f: (t: Real) => Real): Real => over(whole(cut, f), mass)
  const middle = average(t => t)
  const drift = column(times(minus(rise, fall), 2))
  return {
    mean: (): Real => plus(nearest, times(cut.scale, middle)),
    variance: (): Real =>
      times(
        square(cut.scale),
        average(t => square(minus(t, column(middle)))),
      ),
    entropy: (): Real =>
      plus(
        times(
          average(t => times(t, plus(t, drift))),
          0.5,
        ),
        log(mass),
        log(cut.scale),
      ),
  }
}

/** How a draw is distributed. All is relative to the density at the nearest point to loc: far tails have nothing that could cancel. */
export const cutNormal = {
  cdf: (x: Real, cut: Cut): Real => over(masses(x, cut).lower, whole(cut)),
  logDensity: (x: Real, cut: Cut): Real => {
    const { nearest, rise, fall } = sidesOf(cut)
    const t = over(minus(x, nearest), cut.scale)
    const squares = times(t, plus(t, times(minus(rise, fall), 2)))
    return minus(times(squares, -0.5), log(whole(cut)), log(cut.scale))
  },
}

/** Steps of Newton's iteration: twice what the hardest of the tests needs. */
const [tailSteps, ownSteps] = [8, 3]

/**
 * t where the share `share` of the mass on one side of `nearest` is nearer than t, and `rest` = 1 − share is not: from the quantile of the tail
 * that has no end (its hazard rises, so that Newton's iteration on −ln of the mass beyond comes from the right), then on the share itself.
 */
const sideQuantile = (c: Real, width: Real, share: Real, rest: Real): Real => {
  const endless = plus(times(width, 0), times(c, 0), far)
  const tail = integral(c, endless)
  const own = integral(c, width)
  const behind = over(beyond(c, width, endless), tail)
  const isNear = atMost(share, 0.5)
  const near = times(over(own, tail), choose(isNear, share, 0))
  // −ln of what is beyond t in the endless tail.
  const depthOf = choose(isNear, neg(log1p(neg(near))), neg(log(plus(times(rest, over(own, tail)), behind))))
  // e^(−ct − t²/2) is more than that.
  let t = over(times(depthOf, 2), larger(plus(c, sqrt(plus(times(c, c), times(depthOf, 2)))), 1e-30))
  for (let step = 0; step < tailSteps; step++) {
    const rest0 = integral(plus(c, t), endless)
    const missing = minus(plus(fallOf(c, t), log(over(tail, rest0))), depthOf)
    t = larger(minus(t, times(missing, rest0)), 0)
  }
  for (let step = 0; step < ownSteps; step++) {
    t = smaller(t, width)
    const density = exp(neg(fallOf(c, t)))
    const lack = choose(
      isNear,
      minus(times(share, own), integral(c, t)),
      minus(beyond(c, t, minus(width, t)), times(rest, own)),
    )
    t = larger(plus(t, over(lack, density)), 0)
  }
  return smaller(t, width)
}

/** x with P(X ≤ x) = p, for 0 < p < 1. Without a gradient: see `quantile`. */
export const cutQuantile = (p: Real, cut: Cut): Real => {
  const { nearest, rise, fall, down, up } = sidesOf(cut)
  const [left, right] = [down(nearest), up(nearest)]
  const [leftMass, rightMass] = [integral(fall, left), integral(rise, right)]
  const total = plus(leftMass, rightMass)
  const isLeft = below(times(p, total), leftMass)
  const side = choose(isLeft, leftMass, rightMass)
  // What is farther from loc than x, and what is nearer, of the mass on the side of x.
  const rest = over(times(choose(isLeft, p, minus(1, p)), total), side)
  const alone = above(side, times(total, 1 - 2 ** -24))
  const share = choose(alone, choose(isLeft, minus(1, p), p), minus(1, rest))
  const t = sideQuantile(choose(isLeft, fall, rise), choose(isLeft, left, right), share, rest)
  return plus(nearest, times(cut.scale, choose(isLeft, neg(t), t)))
}
