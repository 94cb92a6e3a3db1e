import { exp, log, scan } from '@elbo/tensor'
import { atMost, choose, minus, plus, times, type Real } from '../arithmetic.js'

export interface Monotone {
  /** A first guess; any is good. */
  readonly start: Real
  /** In (0, 1). */
  readonly probability: Real
  /** ln P(Y ≤ y), ln P(Y > y) and ln p(y) of a log-concave density on the whole line. */
  readonly at: (y: Real) => { readonly logLower: Real; readonly logUpper: Real; readonly logDensity: Real }
}

/** Steps of Newton's iteration: twice what the hardest of the tests needs. */
const steps = 12

/**
 * y with P(Y ≤ y) = p. ln P and ln(1 − P) of a log-concave density are concave, so that Newton's iteration on the one of the lower tail
 * (p ≤ ½) or of the upper converges monotonically after its first step.
 */
export const invert = ({ start, probability, at }: Monotone): Real => {
  const isLower = atMost(probability, 0.5)
  const logTarget = log(choose(isLower, probability, minus(1, probability)))
  const [y] = scan(
    (guess: Real) => {
      const { logLower, logUpper, logDensity } = at(guess)
      const logTail = choose(isLower, logLower, logUpper)
      const step = times(minus(logTarget, logTail), exp(minus(logTail, logDensity)))
      return [plus(guess, choose(isLower, step, times(step, -1))), {}] as const
    },
    { length: steps },
  )(plus(start, times(probability, 0)), {})
  return y
}
