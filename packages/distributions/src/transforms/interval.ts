import { log as logarithm, neg } from '@elbo/tensor'
import { above, below, both, choose, minus, over, plus, times, type Real, type Truth } from '../arithmetic.js'
import { line, type BoundedSupport } from '../constraints/index.js'
import { exactExp } from '../sampling/exact.js'
import { sigmoid } from './elementwise.js'
import { elementwise, type Elementwise } from './transform.js'

/**
 * All numbers onto an interval's inside. Of each element of its bounds low and high it depends whether they are ends: x ↦ low + (high − low)·σ(x)
 * between two, low + eˣ and high − e⁻ˣ where the other is infinite, x where both are.
 */
export const onto = (support: BoundedSupport, low: Real, high: Real): Elementwise => {
  const [hasLow, hasHigh] = [above(low, -Infinity), below(high, Infinity)]
  const [from, to] = [choose(hasLow, low, 0), choose(hasHigh, high, 0)]
  const isClosed = both(hasLow, hasHigh)
  const width = choose(isClosed, minus(to, from), 1)
  const byEnds = (between: Real, upwards: Real, downwards: Real, x: Real): Real =>
    choose(hasLow, choose(hasHigh, between, upwards), choose(hasHigh, downwards, x))
  const where = (condition: Truth, x: Real): Real => choose(condition, x, 0.5)
  return elementwise({
    name: 'interval',
    parameters: { low, high },
    domain: line,
    codomain: support,
    forward: x =>
      byEnds(
        plus(from, times(width, sigmoid.forward(x))),
        plus(from, exactExp(x)),
        minus(to, exactExp(neg(x))),
        x,
      ),
    inverse: y =>
      byEnds(
        sigmoid.inverse(where(isClosed, over(minus(y, from), width))),
        logarithm(where(hasLow, minus(y, from))),
        neg(logarithm(where(hasHigh, minus(to, y)))),
        y,
      ),
    logDeterminant: x => byEnds(plus(logarithm(width), sigmoid.logDeterminant(x)), x, neg(x), times(x, 0)),
  })
}
