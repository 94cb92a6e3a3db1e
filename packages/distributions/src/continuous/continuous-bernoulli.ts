import {
  abs,
  customGradient,
  exp,
  expm1,
  log,
  log1p,
  neg,
  not,
  sinh,
  square,
  stopGradient,
  tanh,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import {
  above,
  below,
  both,
  choose,
  either,
  equal,
  larger,
  minus,
  over,
  plus,
  polynomial,
  smaller,
  spread,
  times,
  type Real,
} from '../arithmetic.js'
import { openUnitInterval, real, unitInterval } from '../constraints/index.js'
import { distribution, type Distribution } from '../distribution.js'
import { parameters, type Parameter, type ShapeOfParameter } from '../parameters.js'
import { exactExp, exactExpm1, exactLog, exactLog1p } from '../sampling/exact.js'
import { openUniform } from '../sampling/uniform.js'
import { implicitly, quantile } from '../special/index.js'

export interface ContinuousBernoulli<B extends Shape = Shape> extends Distribution<
  B,
  [],
  'f32',
  'sample' | 'reparameterized' | 'mean' | 'variance' | 'mode' | 'entropy' | 'cdf' | 'icdf'
> {
  readonly family: 'ContinuousBernoulli'
  readonly parameters: { readonly probs: Tensor<B>; readonly logits: Tensor<B> }
}

/** Of Langevin's function coth y − 1/y, in y² after the first y (DLMF 4.33.6). */
const langevinSeries = [
  1 / 3,
  -1 / 45,
  2 / 945,
  -1 / 4725,
  2 / 93555,
  -1382 / 638512875,
  4 / 18243225,
  -3617 / 162820783125,
]

/** Below 1 in size the series, beyond what it stands for. */
const bySize = (y: Real, series: (y: Real) => Real, whole: (y: Real) => Real): Real => {
  const isSmall = below(abs(y), 1)
  return choose(isSmall, series(choose(isSmall, y, 0)), whole(choose(isSmall, 1, y)))
}

const langevin = (y: Real): Real =>
  bySize(
    y,
    z => times(z, polynomial(square(z), langevinSeries)),
    z => minus(over(1, tanh(z)), over(1, z)),
  )

const langevinSlope = (y: Real): Real =>
  bySize(
    y,
    z =>
      polynomial(
        square(z),
        langevinSeries.map((c, k) => (2 * k + 1) * c),
      ),
    z => minus(over(1, square(z)), over(1, square(sinh(smaller(abs(z), 40))))),
  )

/** ln((1 − e⁻ˢ)/s) for s ≥ 0. */
const logShare = (s: Real): Real => {
  const safe = larger(s, 1e-30)
  return log(over(neg(expm1(neg(safe))), safe))
}

/** ln ∫₀¹ e^(ηx) dx = ln((e^η − 1)/η). */
const logNormaliser: (eta: Real) => Real = customGradient<Real, Real>(
  eta => plus(larger(eta, 0), logShare(abs(eta))),
  (g, eta) => times(g, 0.5, plus(1, langevin(times(eta, 0.5)))),
)

interface Logits extends Readonly<Record<string, Real>> {
  readonly logits: Real
}

const standard = {
  cdf: (x: Real, { logits }: Logits): Real =>
    times(x, exp(minus(logNormaliser(times(logits, x)), logNormaliser(logits)))),
  logDensity: (x: Real, { logits }: Logits): Real => minus(times(logits, x), logNormaliser(logits)),
}

/** The functions that a quantile is made of. */
interface Elementary {
  readonly log: (x: Real) => Real
  readonly log1p: (x: Real) => Real
  readonly exp: (x: Real) => Real
  readonly expm1: (x: Real) => Real
}

/** ln(1 + p(e^η − 1))/η. Without a gradient. */
const inverse = (p: Real, eta: Real, by: Elementary): Real => {
  const isZero = equal(eta, 0)
  const isLarge = above(eta, 40)
  const safe = choose(isZero, 1, eta)
  // Where 1 and p(e^η − 1) would cancel.
  const isFar = both(below(eta, -1), above(p, 0.5))
  const isMiddle = not(either(isLarge, isFar))
  const middle = by.log1p(times(choose(isMiddle, p, 0.5), by.expm1(choose(isMiddle, safe, 1))))
  const far = by.log(plus(minus(1, p), times(p, by.exp(choose(isFar, safe, -1)))))
  const large = plus(safe, by.log(plus(p, times(minus(1, p), by.exp(neg(choose(isLarge, safe, 40)))))))
  return smaller(choose(isZero, p, over(choose(isMiddle, middle, choose(isLarge, large, far)), safe)), 1)
}

/** ln(p/(1 − p)), near ½ by 2p − 1, which is exact. */
const logitBy = (p: Real, by: Pick<Elementary, 'log' | 'log1p'>): Real => {
  const excess = minus(times(p, 2), 1)
  const isNear = below(abs(excess), 0.5)
  const near = by.log1p(over(choose(isNear, excess, 0), minus(1, choose(isNear, p, 0.5))))
  const far = choose(isNear, 0.25, p)
  return choose(isNear, near, by.log(over(far, minus(1, far))))
}

const library: Elementary = { log, log1p, exp, expm1 }
const exact: Elementary = { log: exactLog, log1p: exactLog1p, exp: exactExp, expm1: exactExpm1 }

/**
 * The continuous Bernoulli distribution on [0, 1] of 0 < λ < 1 (`probs`) or of η = ln(λ/(1 − λ)) (`logits`):
 *
 *   ln p(x) = ηx − ln((e^η − 1)/η) = x ln λ + (1 − x) ln(1 − λ) + ln C(λ)
 *
 * (Loaiza-Ganem and Cunningham 2019, The continuous Bernoulli: fixing a pervasive error in variational autoencoders). Draws are
 * ln(1 + u(e^η − 1))/η, with implicit gradients.
 */
export const ContinuousBernoulli = <const P extends Parameter>(
  about: { readonly probs: P } | { readonly logits: P },
): ContinuousBernoulli<ShapeOfParameter<P>> => {
  const isProbs = 'probs' in about
  const given = isProbs
    ? parameters('ContinuousBernoulli', { probs: [about.probs, openUnitInterval] })
    : parameters('ContinuousBernoulli', { logits: [about.logits, real] })
  const of = Object.values(given.values)[0]
  const logits = isProbs ? logitBy(of, library) : of
  const exactLogits = stopGradient(isProbs ? logitBy(of, exact) : of)
  return distribution<ContinuousBernoulli<ShapeOfParameter<P>>>({
    ...given,
    family: 'ContinuousBernoulli',
    parameters: { probs: isProbs ? of : over(1, plus(1, exp(neg(of)))), logits },
    support: unitInterval,
    reparameterized: true,
    logProb: x => standard.logDensity(x, { logits }),
    sample: shape => key => {
      const x = inverse(openUniform(shape)(key), spread(shape)(exactLogits), exact)
      return implicitly(larger(x, 0), { logits: spread(shape)(logits) }, standard)
    },
    mean: () => times(0.5, plus(1, langevin(times(logits, 0.5)))),
    variance: () => times(0.25, langevinSlope(times(logits, 0.5))),
    mode: () => choose(equal(logits, 0), 0.5, choose(above(logits, 0), 1, 0)),
    // η·mean and the normaliser, less what both have of |η|.
    entropy: () => {
      const s = larger(abs(logits), 1e-6)
      return plus(logShare(s), 1, neg(over(s, expm1(s))))
    },
    cdf: x => standard.cdf(x, { logits }),
    icdf: p => {
      const [eta, u] = [plus(logits, times(p, 0)), plus(p, times(logits, 0))]
      return quantile(inverse(stopGradient(u), stopGradient(eta), library), u, { logits: eta }, standard)
    },
  })
}
