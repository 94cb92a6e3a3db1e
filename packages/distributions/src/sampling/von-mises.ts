import { abs, normal, split, sqrt, type Draw, type Key, type Shape, type Tensor } from '@elbo/tensor'
import { above, atMost, choose, minus, over, plus, times, type Real } from '../arithmetic.js'
import { exactAngle, exactLog } from './exact.js'
import { rejectionSampled } from './leftover.js'
import { openUniform } from './uniform.js'

/** The accepted share falls from 1 to .6577 as κ grows: none of sixteen proposals is accepted once in 10⁷ draws. */
const [rejected, attempts] = [0.35, 16]

/** An angle, and the logarithms of a uniform number and of the share of proposals there that are accepted. */
type Proposal = { readonly angle: Real; readonly logUniform: Real; readonly logShare: Real }

/**
 * A wrapped Cauchy angle θ, accepted by the von Mises density (Best and Fisher 1979, Efficient simulation of the von Mises distribution). It is
 * that of tan ½θ = √b tan ½φ for a uniform φ, which is the direction of a pair (x, y) of normal draws: tan ½φ = (r + x)/|y| = |y|/(r − x).
 */
const propose =
  ({ kappa }: { readonly kappa: Real }, shape: Shape): Draw<Proposal> =>
  key => {
    const [first, second, third] = split(key, 3) as readonly [Key, Key, Key]
    const b = over(1, plus(times(kappa, 2), sqrt(plus(times(kappa, kappa, 4), 1))))
    // 1 − cos θ where the densities touch.
    const touch = over(times(b, 2), plus(b, 1))
    const [x, y] = [normal(shape)(first) as Tensor<Shape>, normal(shape)(second) as Tensor<Shape>]
    const r = sqrt(plus(times(x, x), times(y, y)))
    const isAhead = above(x, 0)
    const opposite = times(sqrt(b), choose(isAhead, plus(r, x), abs(y)))
    const adjacent = choose(isAhead, abs(y), minus(r, x))
    const square = times(opposite, opposite)
    const versine = over(times(square, 2), plus(square, times(adjacent, adjacent)))
    const rise = exactLog(
      over(times(plus(touch, times(minus(1, touch), versine)), plus(b, 1)), times(touch, 2)),
    )
    const angle = times(exactAngle(opposite, adjacent), 2)
    return {
      angle: choose(above(y, 0), angle, times(angle, -1)),
      logUniform: exactLog(openUniform(shape)(third)),
      logShare: plus(times(kappa, minus(touch, versine)), rise),
    }
  }

/** Draws of θ in [−π, π] of the von Mises density about 0; `shape` is that of κ. Without a gradient. */
export const vonMisesDraw = (kappa: Real, shape: Shape): Draw<Real> =>
  rejectionSampled({
    parameters: { kappa },
    shape,
    propose,
    value: (proposal: Proposal) => proposal.angle,
    accepts: ({ logUniform, logShare }) => atMost(logUniform, logShare),
    fallback: p => times(p.kappa, 0),
    rejected,
    attempts,
  })
