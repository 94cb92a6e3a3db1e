import { normal, split, sqrt, type Draw, type Key, type Shape, type Tensor } from '@elbo/tensor'
import { above, below, both, choose, larger, minus, over, plus, times, type Real } from '../arithmetic.js'
import { exactLog, exactExp } from './exact.js'
import { rejectionSampled } from './leftover.js'
import type { Proposal } from './rejection.js'
import { openUniform } from './uniform.js'

/** The least accepted share of Marsaglia and Tsang's proposals is .951, at α = 1: all six are rejected once in 10⁸ draws. */
const [rejected, attempts] = [0.05, 6]

/** A draw as the product `large`·e^`logFactor`: for small α the value itself may lie below the least f32. */
export interface GammaDraw {
  /** Of Gamma[max(α, α + 1 if α < 1), 1]. */
  readonly large: Real
  /** ln u / α for α < 1, else 0. */
  readonly logFactor: Real
}

const propose =
  ({ d }: { readonly d: Real }, shape: Shape): Draw<Proposal> =>
  key => {
    const [first, second] = split(key, 2) as readonly [Key, Key]
    const c = over(1, sqrt(times(d, 9)))
    const x = normal(shape)(first) as Tensor<Shape>
    const base = plus(1, times(c, x))
    const isPositive = above(base, 0)
    const v = choose(isPositive, times(base, base, base), 1)
    const bound = plus(times(x, x, 0.5), minus(d, times(d, v)), times(d, exactLog(larger(v, 1e-30))))
    return {
      value: times(d, v),
      isAccepted: both(isPositive, below(exactLog(openUniform(shape)(second)), bound)),
    }
  }

/**
 * Gamma[α, 1] by Marsaglia and Tsang's method (2000, A Simple Method for Generating Gamma Variables): with d = α − ⅓, x ~ Norm[0, 1] and
 * v = (1 + x/√(9d))³, d·v is accepted if ln u < x²/2 + d − d·v + d·ln v. For α < 1, of α + 1, times u^(1/α). `shape` is that of α.
 * Without a gradient.
 */
export const standardGammaParts =
  (alpha: Real, shape: Shape): Draw<GammaDraw> =>
  key => {
    const [proposing, powering] = split(key, 2) as readonly [Key, Key]
    const isSmall = below(alpha, 1)
    const d = minus(choose(isSmall, plus(alpha, 1), alpha), 1 / 3)
    const large = rejectionSampled({
      parameters: { d },
      shape,
      propose,
      fallback: p => p.d,
      rejected,
      attempts,
    })(proposing)
    const logU = exactLog(openUniform(shape)(powering))
    return { large, logFactor: choose(isSmall, over(logU, choose(isSmall, alpha, 1)), 0) }
  }

/** ln of a draw of Gamma[α, 1]. */
export const logStandardGamma =
  (alpha: Real, shape: Shape): Draw<Real> =>
  key => {
    const { large, logFactor } = standardGammaParts(alpha, shape)(key)
    return plus(exactLog(large), logFactor)
  }

/** A draw of Gamma[α, 1], no less than the least normal f32. */
export const standardGamma =
  (alpha: Real, shape: Shape): Draw<Real> =>
  key => {
    const { large, logFactor } = standardGammaParts(alpha, shape)(key)
    return larger(times(large, exactExp(logFactor)), 2 ** -126)
  }
