import { abs, floor, split, sqrt, type Draw, type Key, type Shape } from '@elbo/tensor'
import {
  above,
  atLeast,
  atMost,
  below,
  both,
  choose,
  either,
  equal,
  larger,
  minus,
  over,
  plus,
  smaller,
  times,
  type Real,
} from '../arithmetic.js'
import { deviance, halfLogTwoPi } from '../special/stirling.js'
import { exactExp, exactLog } from './exact.js'
import { exactStirlingError } from './stirling.js'
import { rejectionSampled } from './leftover.js'
import type { Proposal } from './rejection.js'
import { openUniform } from './uniform.js'

/** Below this rate the distribution is inverted term by term. */
const small = 10
/** P(k > 40) < 10⁻¹² at the rate 10. */
const terms = 40
/** Hörmann's proposals are accepted with a share of at least .7 from the rate 10 on. */
const [share, attempts] = [0.27, 14]

/** ln[λᵏe^(−λ)/k!] for whole k ≥ 1, in exact operations. */
const exactLogTerm = (k: Real, lambda: Real): Real =>
  minus(times(exactLog(k), -0.5), halfLogTwoPi, exactStirlingError(k), deviance(k, lambda, exactLog))

const inverted = (lambda: Real, u: Real): Real => {
  let [term, total, count] = [exactExp(times(lambda, -1)), times(lambda, 0), times(lambda, 0)]
  for (let k = 0; k < terms; k++) {
    total = plus(total, term)
    count = plus(count, choose(above(u, total), 1, 0))
    term = times(term, over(lambda, k + 1))
  }
  return count
}

/** Hörmann's transformed rejection PTRS (1993, The transformed rejection method for generating Poisson random variables). */
const propose = ({ lambda }: { readonly lambda: Real }, shape: Shape): Draw<Proposal> => {
  const b = plus(times(sqrt(lambda), 2.53), 0.931)
  const a = plus(times(b, 0.02483), -0.059)
  const inverseAlpha = plus(over(1.1328, minus(b, 3.4)), 1.1239)
  const ratio = minus(0.9277, over(3.6224, minus(b, 2)))
  return key => {
    const [first, second] = split(key, 2) as readonly [Key, Key]
    const u = minus(openUniform(shape)(first), 0.5)
    const v = openUniform(shape)(second)
    const distance = minus(0.5, abs(u))
    const k = floor(plus(times(plus(over(times(a, 2), distance), b), u), lambda, 0.43))
    const isQuick = both(atLeast(distance, 0.07), atMost(v, ratio))
    const isOut = either(below(k, 0), both(below(distance, 0.013), above(v, distance)))
    const height = exactLog(over(times(v, inverseAlpha), plus(over(a, times(distance, distance)), b)))
    const term = choose(equal(k, 0), times(lambda, -1), exactLogTerm(larger(k, 1), lambda))
    return {
      value: k,
      isAccepted: either(isQuick, both(atMost(height, term), below(choose(isOut, 1, 0), 0.5))),
    }
  }
}

const rejected = (lambda: Real, shape: Shape): Draw<Real> =>
  rejectionSampled({
    parameters: { lambda },
    shape,
    propose,
    fallback: p => floor(p.lambda),
    rejected: share,
    attempts,
  })

/** Draws of Poisson[λ]; `shape` is that of λ. */
export const poisson =
  (lambda: Real, shape: Shape): Draw<Real> =>
  key => {
    const [first, second] = split(key, 2) as readonly [Key, Key]
    const isSmall = below(lambda, small)
    const few = inverted(smaller(lambda, small), openUniform(shape)(first))
    const many = rejected(larger(lambda, small), shape)(second)
    return choose(isSmall, few, many)
  }
