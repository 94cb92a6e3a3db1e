import { log, scan } from '@elbo/tensor'
import { above, atMost, choose, minus, over, plus, times, type Real } from '../arithmetic.js'

export interface Monotone {
  /** A first guess; any is good. */
  readonly start: Real
  /** In (0, 1). */
  readonly probability: Real
  /** P(Y ≤ y), P(Y > y) and the density of a log-concave density on the whole line. */
  readonly at: (y: Real) => { readonly lower: Real; readonly upper: Real; readonly density: Real }
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
      const { lower, upper, density } = at(guess)
      const tail = choose(isLower, lower, upper)
      const step = over(times(minus(logTarget, log(tail)), tail), density)
      const signed = choose(isLower, step, times(step, -1))
      // Where the density is 0 in single precision there is nowhere to go.
      return [plus(guess, choose(above(density, 0), signed, 0)), {}] as const
    },
    { length: steps },
  )(plus(start, times(probability, 0)), {})
  return y
}
