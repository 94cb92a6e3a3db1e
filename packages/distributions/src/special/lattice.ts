import { arange, ceil, exp, expandDims, floor, neg, not, scan, stopGradient } from '@elbo/tensor'
import {
  above,
  atLeast,
  atMost,
  both,
  choose,
  either,
  larger,
  minus,
  over,
  plus,
  sumLast,
  times,
  type Real,
} from '../arithmetic.js'

/*
 * Entropies and quantiles of distributions on whole numbers, where there is no formula.
 */

const nodes = 128
/** Deviations between neighbouring nodes once they are more than 1 apart: the sum is off by exp(−2π²·6.4²) of itself at most. */
const perDeviation = 6.4

/**
 * Σ P(k) f(k) over whole k ≥ 0 for a mass that looks like a normal density where its deviation is large, and a smooth f: every whole number
 * within 10 deviations of the mean, or every second, third, … of them, whose sum is the same by Poisson's summation formula. Both are asked with
 * one more axis behind; `logMass` gives −∞ where there is no mass, and f is given ln P(k) too.
 */
export const latticeMean = (
  mean: Real,
  deviation: Real,
  logMass: (k: Real) => Real,
  f: (k: Real, logs: Real) => Real,
): Real => {
  const stride = stopGradient(larger(ceil(over(deviation, perDeviation)), 1))
  const start = stopGradient(larger(floor(minus(mean, times(stride, nodes / 2))), 0))
  const column = (x: Real): Real => expandDims(-1)(x)
  const k = plus(column(start), times(column(stride), arange(nodes)))
  const logs = logMass(k)
  const isThere = above(logs, -100)
  const inner = choose(isThere, logs, 0)
  return times(stride, sumLast(choose(isThere, times(exp(inner), f(k, inner)), 0), 1))
}

/** −Σ P(k) ln P(k) for such a mass. */
export const latticeEntropy = (mean: Real, deviation: Real, logMass: (k: Real) => Real): Real =>
  latticeMean(mean, deviation, logMass, (_, logs) => neg(logs))

/** As many halvings as single precision has whole numbers. */
const halvings = 25

/** P(X ≤ k) and P(X > k). */
export interface Tails {
  readonly lower: Real
  readonly upper: Real
}

/**
 * The least whole k ≥ 0 with P(X ≤ k) ≥ p, by bisection; `high` is known to reach p. Beyond ½ the upper tails are compared, which single
 * precision tells apart. Without a gradient.
 */
export const leastReaching = (p: Real, high: Real, tailsAt: (k: Real) => Tails): Real => {
  const level = stopGradient(p)
  const isLower = atMost(level, 0.5)
  const first = stopGradient(plus(high, times(p, 0)))
  const [found] = scan(
    (range: { readonly below: Real; readonly high: Real }) => {
      const middle = floor(times(plus(range.below, range.high), 0.5))
      const { lower, upper } = tailsAt(larger(middle, 0))
      const isEnough = either(
        both(isLower, atLeast(lower, level)),
        both(not(isLower), atMost(upper, minus(1, level))),
      )
      const reaches = both(above(middle, range.below), isEnough)
      return [
        { below: choose(reaches, range.below, middle), high: choose(reaches, middle, range.high) },
        {},
      ] as const
    },
    { length: halvings },
  )({ below: minus(times(first, 0), 1), high: first }, {})
  return found.high
}
