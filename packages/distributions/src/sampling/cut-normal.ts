import { split, sqrt, type Draw, type Key, type Shape } from '@elbo/tensor'
import { atMost, below, choose, minus, over, plus, smaller, times, type Real } from '../arithmetic.js'
import { exactExp, exactExpm1, exactLog, exactLog1p } from './exact.js'
import { rejectionSampled } from './leftover.js'
import { openUniform } from './uniform.js'

/** How a normal density is cut, about the nearest point to its centre, in deviations: see `Sides` of `special/`. */
export interface CutSides extends Readonly<Record<string, Real>> {
  readonly rise: Real
  readonly fall: Real
  readonly left: Real
  readonly right: Real
}

/** The least accepted share is √(π/2e) = .760, where neither side has an end: all twelve are rejected once in 10⁷ draws. */
const [rejected, attempts] = [0.24, 12]

/**
 * An exponential density of rate λ = (c + √(c² + 4))/2 on [0, w] over e^(−ct − t²/2): times eᵖ, it touches that at 1/λ, or at the end if that is
 * nearer (Robert 1995, Simulation of truncated normal variables, 2.2).
 */
const envelope = (c: Real, width: Real) => {
  const rate = times(plus(c, sqrt(plus(times(c, c), 4))), 0.5)
  const touch = smaller(width, over(1, rate))
  const peak = minus(over(touch, rate), times(touch, touch, 0.5))
  /** The share of the exponential density that is not beyond the end. */
  const within = times(exactExpm1(times(rate, width, -1)), -1)
  return { rate, peak, within, mass: over(times(exactExp(peak), within), rate) }
}

/** A signed distance, and the logarithms of a uniform number and of the share of proposals there that are accepted. */
type Proposal = { readonly distance: Real; readonly logUniform: Real; readonly logShare: Real }

const propose =
  ({ rise, fall, left, right }: CutSides, shape: Shape): Draw<Proposal> =>
  key => {
    const [first, second, third] = split(key, 3) as readonly [Key, Key, Key]
    const [up, down] = [envelope(rise, right), envelope(fall, left)]
    const isUp = below(times(openUniform(shape)(first), plus(up.mass, down.mass)), up.mass)
    const rate = choose(isUp, up.rate, down.rate)
    const within = choose(isUp, up.within, down.within)
    const t = over(exactLog1p(times(openUniform(shape)(second), within, -1)), times(rate, -1))
    const logShare = minus(over(t, rate), times(t, t, 0.5), choose(isUp, up.peak, down.peak))
    return {
      distance: choose(isUp, t, times(t, -1)),
      logUniform: exactLog(openUniform(shape)(third)),
      logShare,
    }
  }

/** Signed distances from the nearest point, in deviations; `shape` is that of each side. Without a gradient. */
export const cutNormalDraw = (sides: CutSides, shape: Shape): Draw<Real> =>
  rejectionSampled({
    parameters: sides,
    shape,
    propose,
    value: (proposal: Proposal) => proposal.distance,
    accepts: ({ logUniform, logShare }) => atMost(logUniform, logShare),
    fallback: ({ rise }) => times(rise, 0),
    rejected,
    attempts,
  })
