import { floor, split, sqrt, type Draw, type Key, type Shape } from '@elbo/tensor'
import {
  above,
  atLeast,
  atMost,
  below,
  both,
  choose,
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
import { invertedByTerms } from './inversion.js'
import { exactStirlingError } from './stirling.js'
import { transformedRejection, type Hat } from './transformed-rejection.js'
import { openUniform } from './uniform.js'

/** Below this mean the distribution is inverted term by term. */
const small = 10
/** P(k > 40) < 10⁻¹² at the mean 10. */
const terms = 40
/** Hörmann's proposals are accepted with a share of at least .7 from the mean 10 on. */
const [rejected, attempts] = [0.32, 14]

interface Trials extends Readonly<Record<string, Real>> {
  readonly n: Real
  readonly p: Real
}

/** ln P(k) for whole 0 ≤ k ≤ n, in exact operations (Loader 2000). */
const exactLogMass = (k: Real, { n, p }: Trials): Real => {
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

const modeOf = ({ n, p }: Trials): Real => floor(times(plus(n, 1), p))

/** The constants of BTRS (Hörmann 1993, The generation of binomial random variates), for p ≤ ½. */
const hat = ({ n, p }: Trials): Hat => {
  const deviation = sqrt(times(n, p, minus(1, p)))
  const b = plus(times(deviation, 2.53), 1.15)
  return {
    a: plus(times(b, 0.0248), times(p, 0.01), -0.0873),
    b,
    centre: plus(times(n, p), 0.5),
    scale: times(plus(over(5.1, b), 2.83), deviation),
    ratio: minus(0.92, over(4.2, b)),
  }
}

/** Draws of Bin[n, p]; `shape` is that of n and of p. */
export const binomial =
  (n: Real, p: Real, shape: Shape): Draw<Real> =>
  key => {
    const [first, second] = split(key, 2) as readonly [Key, Key]
    const isFlipped = above(p, 0.5)
    const rare = choose(isFlipped, minus(1, p), p)
    const isSmall = below(times(n, rare), small)
    const own = choose(isSmall, rare, 0)
    const odds = over(own, minus(1, own))
    const inverted = invertedByTerms(
      exactExp(times(n, exactLog1p(times(own, -1)))),
      k => times(odds, over(larger(minus(n, k), 0), k + 1)),
      terms,
      openUniform(shape)(first),
    )
    const searched = transformedRejection({
      parameters: { n: choose(isSmall, 4 * small, n), p: choose(isSmall, 0.5, rare) },
      ...{ shape, hat, rejected, attempts },
      contains: (k, trials) => both(atLeast(k, 0), atMost(k, trials.n)),
      logMass: (k, trials) =>
        minus(exactLogMass(smaller(larger(k, 0), trials.n), trials), exactLogMass(modeOf(trials), trials)),
      fallback: modeOf,
    })(second)
    const k = choose(isSmall, smaller(inverted, n), searched)
    return choose(isFlipped, minus(n, k), k)
  }
