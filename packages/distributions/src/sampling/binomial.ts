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
import { exactLog1p } from './log1p.js'
import { rejectionSampled } from './leftover.js'
import type { Proposal } from './rejection.js'
import { exactStirlingError } from './stirling.js'
import { openUniform } from './uniform.js'

/** Below this mean the distribution is inverted term by term. */
const small = 10
/** P(k > 40) < 10⁻¹² at the mean 10. */
const terms = 40
/** Hörmann's proposals are accepted with a share of at least .7 from the mean 10 on. */
const [share, attempts] = [0.32, 14]

const inverted = (n: Real, p: Real, u: Real): Real => {
  const odds = over(p, minus(1, p))
  let [term, total, count] = [exactExp(times(n, exactLog1p(times(p, -1)))), times(n, 0), times(n, 0)]
  for (let k = 0; k < terms; k++) {
    total = plus(total, term)
    count = plus(count, choose(above(u, total), 1, 0))
    term = times(term, odds, over(larger(minus(n, k), 0), k + 1))
  }
  return smaller(count, n)
}

/** ln P(k) for whole 0 ≤ k ≤ n, in exact operations (Loader 2000). */
const exactLogMass = (k: Real, n: Real, p: Real): Real => {
  const isInner = both(above(k, 0), below(k, n))
  const a = choose(isInner, k, 1)
  const b = choose(isInner, minus(n, k), 1)
  const total = plus(a, b)
  const q = minus(1, p)
  const inner = plus(
    minus(exactStirlingError(total), exactStirlingError(a), exactStirlingError(b), halfLogTwoPi),
    times(exactLog(over(total, times(a, b))), 0.5),
    times(deviance(a, times(total, p), exactLog), -1),
    times(deviance(b, times(total, q), exactLog), -1),
  )
  const edge = times(n, choose(equal(k, 0), exactLog1p(times(p, -1)), exactLog(p)))
  return choose(isInner, inner, edge)
}

interface Trials extends Readonly<Record<string, Real>> {
  readonly n: Real
  readonly p: Real
}

const modeOf = ({ n, p }: Trials): Real => floor(times(plus(n, 1), p))

/** Hörmann's transformed rejection BTRS (1993, The generation of binomial random variates), for p ≤ ½. */
const propose = ({ n, p }: Trials, shape: Shape): Draw<Proposal> => {
  const deviation = sqrt(times(n, p, minus(1, p)))
  const b = plus(times(deviation, 2.53), 1.15)
  const a = plus(times(b, 0.0248), times(p, 0.01), -0.0873)
  const ratio = minus(0.92, over(4.2, b))
  const alpha = times(plus(over(5.1, b), 2.83), deviation)
  const top = exactLogMass(modeOf({ n, p }), n, p)
  return key => {
    const [first, second] = split(key, 2) as readonly [Key, Key]
    const u = minus(openUniform(shape)(first), 0.5)
    const v = openUniform(shape)(second)
    const distance = minus(0.5, abs(u))
    const k = floor(plus(times(plus(over(times(a, 2), distance), b), u), times(n, p), 0.5))
    const isIn = both(atLeast(k, 0), atMost(k, n))
    const isQuick = both(atLeast(distance, 0.07), atMost(v, ratio))
    const height = exactLog(over(times(v, alpha), plus(over(a, times(distance, distance)), b)))
    const mass = exactLogMass(smaller(larger(k, 0), n), n, p)
    return { value: k, isAccepted: either(isQuick, both(isIn, atMost(height, minus(mass, top)))) }
  }
}

const rejected = (n: Real, p: Real, shape: Shape): Draw<Real> =>
  rejectionSampled({
    parameters: { n, p },
    shape,
    propose,
    fallback: trials => modeOf(trials),
    rejected: share,
    attempts,
  })

/** Draws of Bin[n, p]; `shape` is that of n and of p. */
export const binomial =
  (n: Real, p: Real, shape: Shape): Draw<Real> =>
  key => {
    const [first, second] = split(key, 2) as readonly [Key, Key]
    const isFlipped = above(p, 0.5)
    const rare = choose(isFlipped, minus(1, p), p)
    const isSmall = below(times(n, rare), small)
    const few = inverted(n, choose(isSmall, rare, 0), openUniform(shape)(first))
    const many = rejected(choose(isSmall, 4 * small, n), choose(isSmall, 0.5, rare), shape)(second)
    const k = choose(isSmall, few, many)
    return choose(isFlipped, minus(n, k), k)
  }
