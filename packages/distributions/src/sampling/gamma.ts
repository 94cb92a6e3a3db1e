import { normal, split, sqrt, type Draw, type Key, type Shape } from '@elbo/tensor'
import {
  above,
  below,
  both,
  choose,
  larger,
  minus,
  over,
  plus,
  times,
  type Real,
  type Truth,
} from '../arithmetic.js'
import { exactLog, exactExp } from './exact.js'
import { rejectionSampled } from './leftover.js'
import { openUniform } from './uniform.js'

/**
 * The least accepted share of Marsaglia and Tsang's proposals is .951, at α = 1: all six are rejected once in 10⁸ draws. The squeeze leaves
 * open E[.0331·x⁴] < .1.
 */
const [rejected, open, attempts] = [0.05, 0.1, 6]

/** A draw as the product `large`·e^`logFactor`: for small α the value itself may lie below the least f32. */
export interface GammaDraw {
  /** Of Gamma[max(α, α + 1 if α < 1), 1]. */
  readonly large: Real
  /** ln u / α for α < 1, else 0. */
  readonly logFactor: Real
}

type Shapes = { readonly d: Real }
type Proposal = { readonly x: Real; readonly u: Real }

const propose =
  (_: Shapes, shape: Shape): Draw<Proposal> =>
  key => {
    const [first, second] = split(key, 2) as readonly [Key, Key]
    return { x: normal(shape)(first), u: openUniform(shape)(second) }
  }

const root = ({ x }: Proposal, { d }: Shapes): Real => plus(1, times(over(1, sqrt(times(d, 9))), x))
const cube = (x: Real): Real => times(x, x, x)

const accepts = (proposal: Proposal, shapes: Shapes): Truth => {
  const [base, square] = [root(proposal, shapes), times(proposal.x, proposal.x)]
  const isPositive = above(base, 0)
  const v = choose(isPositive, cube(base), 1)
  const bound = plus(times(square, 0.5), times(shapes.d, plus(minus(1, v), exactLog(larger(v, 1e-30)))))
  return both(isPositive, below(exactLog(proposal.u), bound))
}

const squeezed = (proposal: Proposal, shapes: Shapes): Truth => {
  const square = times(proposal.x, proposal.x)
  return both(above(root(proposal, shapes), 0), below(proposal.u, minus(1, times(square, square, 0.0331))))
}

/**
 * Gamma[α, 1] by Marsaglia and Tsang's method (2000, A Simple Method for Generating Gamma Variables): with d = α − ⅓, x ~ Norm[0, 1] and
 * v = (1 + x/√(9d))³, d·v is accepted if ln u < x²/2 + d − d·v + d·ln v, which u < 1 − .0331·x⁴ implies. For α < 1, of α + 1, times u^(1/α). `shape` is that of α.
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
      ...{ shape, propose, accepts, rejected, attempts },
      value: (proposal: Proposal, shapes) => times(shapes.d, cube(root(proposal, shapes))),
      squeeze: { accepts: squeezed, open },
      fallback: shapes => shapes.d,
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
