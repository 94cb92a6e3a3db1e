import {
  abs,
  log,
  log1p,
  neg,
  normal as standardNormal,
  sqrt,
  square,
  split,
  stopGradient,
  type Key,
  type Requires,
  type Shape,
  type ShapeOf,
  type Tensor,
} from '@elbo/tensor'
import {
  above,
  below,
  choose,
  equal,
  larger,
  minus,
  over,
  plus,
  smaller,
  spread,
  times,
  type Real,
} from '../arithmetic.js'
import { line, positive, real } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type Together } from '../parameters.js'
import { standardGamma } from '../sampling/gamma.js'
import {
  halfLogTwoPi,
  log1pSquare,
  type Portion,
  log1pMinus,
  implicitly,
  quantile,
  incompleteBeta,
  inverseIncompleteBeta,
  logMinusDigamma,
  normalQuantile,
  stirlingError,
} from '../special/index.js'

interface Freedom extends Readonly<Record<string, Real>> {
  readonly df: Real
}

/** ln Γ((ν + 1)/2) − ln Γ(ν/2) − ½ ln πν, which tends to −½ ln 2π: Stirling's formula with its large terms cancelled by hand. */
const logNormaliser = (df: Real): Real => {
  const half = times(df, 0.5)
  return plus(
    times(half, log1pMinus(over(1, df))),
    minus(stirlingError(plus(half, 0.5)), stirlingError(half)),
    -halfLogTwoPi,
  )
}

const logStandard = (z: Real, { df }: Freedom): Real =>
  minus(logNormaliser(df), times(plus(times(df, 0.5), 0.5), log1pSquare(over(z, sqrt(df)))))

/** ν/(ν + z²), which is Beta[ν/2, ½], and what is missing to 1. At 0 the least that leaves ½ as it is. */
const portionOf = (z: Real, df: Real): Portion => {
  const w = smaller(larger(over(abs(z), sqrt(df)), 1e-15), 1e18)
  const isLarge = above(w, 1)
  const v = square(choose(isLarge, over(1, w), w))
  const [share, other] = [over(v, plus(1, v)), over(1, plus(1, v))]
  return { x: choose(isLarge, share, other), rest: choose(isLarge, other, share) }
}

const standard = {
  cdf: (z: Real, { df }: Freedom): Real => {
    const half = times(df, 0.5)
    const tail = times(0.5, incompleteBeta(half, plus(times(half, 0), 0.5), portionOf(z, df)).lower)
    return choose(below(z, 0), tail, minus(1, tail))
  },
  logDensity: logStandard,
}

/** Without a gradient. */
const inverse = (df: Real, p: Real): Real => {
  const isLower = below(p, 0.5)
  const isMiddle = equal(p, 0.5)
  const tails = choose(isMiddle, 0.5, times(2, choose(isLower, p, minus(1, p))))
  const half = times(df, 0.5)
  // From the normal quantile, which many degrees of freedom leave as it is.
  const start = log(over(df, larger(square(normalQuantile(times(tails, 0.5))), 1e-12)))
  const { x, rest } = inverseIncompleteBeta(half, plus(times(half, 0), 0.5), tails, start)
  const size = sqrt(times(df, over(rest, x)))
  return choose(isMiddle, 0, choose(isLower, neg(size), size))
}

export interface StudentT<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'StudentT'
  readonly parameters: { readonly df: Tensor<B>; readonly loc: Tensor<B>; readonly scale: Tensor<B> }
}

/**
 * Student's t distribution with ν > 0 degrees of freedom (`df`), loc μ and scale σ > 0, on the whole line, z = (x − μ)/σ:
 *
 *   ln p(x) = −½(ν + 1) ln(1 + z²/ν) − ln σ + ln Γ((ν + 1)/2) − ln Γ(ν/2) − ½ ln πν
 *
 * There is no mean (NaN) for ν ≤ 1; the variance is ∞ for 1 < ν ≤ 2 and NaN below. Draws are a normal over the root of a gamma variable, with
 * implicit gradients in ν.
 */
export const StudentT = <const N extends Parameter, const L extends Parameter, const S extends Parameter>(
  about: { readonly df: N; readonly loc: L; readonly scale: S } & Requires<
    Together<'StudentT: df, loc, scale', [N, L, S]>
  >,
): StudentT<ShapeOf<Together<'StudentT: df, loc, scale', [N, L, S]>>> => {
  const given = parameters('StudentT', {
    df: [about.df, positive],
    loc: [about.loc, real],
    scale: [about.scale, positive],
  })
  const { df, loc, scale } = given.values

  const standardised = (x: Real): Real => over(minus(x, loc), scale)
  const placed = (z: Real): Real => plus(loc, times(scale, z))
  return distribution<StudentT<ShapeOf<Together<'StudentT: df, loc, scale', [N, L, S]>>>>({
    ...given,
    family: 'StudentT',
    parameters: given.values,

    support: line,
    reparameterized: true,
    logProb: x => minus(logStandard(standardised(x), { df }), log(scale)),
    sample: shape => key => {
      const [first, second] = split(key, 2) as readonly [Key, Key]
      const nu = spread(shape)(df)
      const half = stopGradient(times(nu, 0.5))
      const z = standardNormal(shape)(first) as Real
      const t = times(z, sqrt(over(half, standardGamma(half, shape)(second))))
      return placed(implicitly(t, { df: nu }, standard))
    },
    mean: () => choose(above(df, 1), loc, NaN),
    variance: () => {
      const isFinite = above(df, 2)
      const safe = choose(isFinite, df, 3)
      const beyond = choose(above(df, 1), Infinity, NaN)
      return choose(isFinite, times(square(scale), over(safe, minus(safe, 2))), beyond)
    },
    mode: () => loc,
    entropy: () => {
      const half = times(df, 0.5)
      // ψ((ν + 1)/2) − ψ(ν/2).
      const rise = plus(log1p(over(1, df)), logMinusDigamma(half), neg(logMinusDigamma(plus(half, 0.5))))
      return plus(minus(times(plus(half, 0.5), rise), logNormaliser(df)), log(scale))
    },
    cdf: x => standard.cdf(standardised(x), { df }),
    icdf: p => {
      const [nu, u] = [plus(df, times(p, 0)), plus(p, times(df, 0))]
      return placed(quantile(inverse(stopGradient(nu), stopGradient(u)), u, { df: nu }, standard))
    },
  })
}
