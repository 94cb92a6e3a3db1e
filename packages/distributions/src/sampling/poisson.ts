import { floor, split, sqrt, type Draw, type Key, type Shape } from '@elbo/tensor'
import {
  atLeast,
  below,
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
import { invertedByTerms } from './inversion.js'
import { exactStirlingError } from './stirling.js'
import { transformedRejection, type Hat } from './transformed-rejection.js'
import { openUniform } from './uniform.js'

/** Below this rate the distribution is inverted term by term. */
const small = 10
/** P(k > 40) < 10⁻¹² at the rate 10. */
const terms = 40
/** Hörmann's proposals are accepted with a share of at least .7 from the rate 10 on. */
const [rejected, attempts] = [0.27, 14]

interface Rate extends Readonly<Record<string, Real>> {
  readonly lambda: Real
}

/** ln[λᵏe^(−λ)/k!] for whole k ≥ 0, in exact operations. */
const exactLogMass = (k: Real, { lambda }: Rate): Real => {
  const positive = larger(k, 1)
  const term = minus(
    times(exactLog(positive), -0.5),
    halfLogTwoPi,
    exactStirlingError(positive),
    deviance(positive, lambda, exactLog),
  )
  return choose(equal(k, 0), times(lambda, -1), term)
}

/** The constants of PTRS. */
const hat = ({ lambda }: Rate): Hat => {
  const b = plus(times(sqrt(lambda), 2.53), 0.931)
  return {
    a: plus(times(b, 0.02483), -0.059),
    b,
    centre: plus(lambda, 0.43),
    scale: plus(over(1.1328, minus(b, 3.4)), 1.1239),
    ratio: minus(0.9277, over(3.6224, minus(b, 2))),
  }
}

/** Draws of Poisson[λ]; `shape` is that of λ. */
export const poisson =
  (lambda: Real, shape: Shape): Draw<Real> =>
  key => {
    const [first, second] = split(key, 2) as readonly [Key, Key]
    const few = smaller(lambda, small)
    const inverted = invertedByTerms(
      exactExp(times(few, -1)),
      k => over(few, k + 1),
      terms,
      openUniform(shape)(first),
    )
    const searched = transformedRejection({
      parameters: { lambda: larger(lambda, small) },
      ...{ shape, hat, rejected, attempts },
      contains: k => atLeast(k, 0),
      logMass: exactLogMass,
      fallback: p => floor(p.lambda),
    })(second)
    return choose(below(lambda, small), inverted, searched)
  }
