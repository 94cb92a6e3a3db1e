import { erf, exp, expm1, log, log1p, neg, sin, square } from '@elbo/tensor'
import {
  asReal,
  atLeast,
  atMost,
  both,
  choose,
  minus,
  over,
  plus,
  times,
  type Real,
  type Truth,
} from '../arithmetic.js'
import type {
  Exponential,
  Gamma,
  Gumbel,
  Laplace,
  Normal,
  Pareto,
  Uniform,
  VonMises,
  Weibull,
} from '../continuous/index.js'
import type { AnyDistribution, Dynamic } from '../distribution.js'
import { eulerGamma, vonMises } from '../special/index.js'
import { ofMoments, type Form, type Of } from './form.js'
import { againstGamma, meanLog } from './terms.js'

/** −E[ln q], less the entropy of p. */
const crossed =
  (against: (p: Required<Dynamic>, q: Dynamic) => Real): Form =>
  (p, q) => {
    const own = p as Required<Dynamic>
    return minus(against(own, q), own.entropy())
  }

const of = <P extends AnyDistribution>(d: Dynamic): Of<P> => d.parameters as Of<P>

const high = ({ low, width }: Of<Uniform>): Real => plus(low, width)

/** ln q is linear on the support of p: its mean is its value at the mean. */
const linear = crossed((p, q) => neg(q.logProb(p.mean())))

/** The same of a uniform p, ∞ where part of it is outside. */
const linearWithin = (isInside: (p: Of<Uniform>) => Truth): Form =>
  crossed((p, q) => {
    const inner = isInside(of<Uniform>(p))
    return choose(inner, neg(q.logProb(choose(inner, p.mean(), 0.5))), Infinity)
  })

/** p on [0, 1] against a uniform q. */
const unitAgainstUniform = crossed((_, q) => {
  const about = of<Uniform>(q)
  return choose(both(atMost(about.low, 0), atLeast(high(about), 1)), log(about.width), Infinity)
})

/** With M(t) = E[e^(tx)]: (E[x] − μ)/β + e^(μ/β)M(−1/β) + ln β for a Gumbel q, `logMoment` ln M at a t < 0. */
const againstGumbel = <P extends AnyDistribution>(logMoment: (t: Real, p: Of<P>) => Real): Form =>
  crossed((p, q) => {
    const { loc, scale } = of<Gumbel>(q)
    const moment = logMoment(over(-1, scale), of<P>(p))
    return plus(over(minus(p.mean(), loc), scale), exp(plus(over(loc, scale), moment)), log(scale))
  })

/** The closed forms of unlike families, from the cross-entropy: −E[ln q] less the entropy of p. */
export const crossedForms = {
  'ContinuousBernoulli‖ContinuousBernoulli': linear,
  'ContinuousBernoulli‖Exponential': linear,
  'ContinuousBernoulli‖Normal': ofMoments,
  'ContinuousBernoulli‖Uniform': unitAgainstUniform,
  'Beta‖ContinuousBernoulli': linear,
  'Beta‖Exponential': linear,
  'Beta‖Uniform': unitAgainstUniform,
  'Uniform‖ContinuousBernoulli': linearWithin(p => both(atLeast(p.low, 0), atMost(high(p), 1))),
  'Uniform‖Exponential': linearWithin(p => atLeast(p.low, 0)),
  'Pareto‖Exponential': linear,

  'Uniform‖Pareto': crossed((p, q) => {
    const [{ low, width }, { scale, alpha }] = [of<Uniform>(p), of<Pareto>(q)]
    const isInside = atLeast(low, scale)
    const ofLog = meanLog(choose(isInside, low, scale), width)
    const value = minus(times(plus(alpha, 1), minus(ofLog, log(scale))), log(over(alpha, scale)))
    return choose(isInside, value, Infinity)
  }),
  'Pareto‖Gamma': crossed((p, q) => {
    const { scale, alpha } = of<Pareto>(p)
    return againstGamma(of<Gamma>(q), p.mean(), plus(log(scale), over(1, alpha)))
  }),
  'Pareto‖Normal': ofMoments,
  // E[ln x] = ln λ − γ/k.
  'Weibull‖Gamma': crossed((p, q) => {
    const { scale, concentration } = of<Weibull>(p)
    return againstGamma(of<Gamma>(q), p.mean(), minus(log(scale), over(eulerGamma, concentration)))
  }),

  'Exponential‖Gumbel': againstGumbel<Exponential>((t, { rate }) => neg(log1p(neg(over(t, rate))))),
  'Gamma‖Gumbel': againstGumbel<Gamma>((t, { concentration, rate }) =>
    neg(times(concentration, log1p(neg(over(t, rate))))),
  ),
  'Normal‖Gumbel': againstGumbel<Normal>((t, { loc, scale }) =>
    plus(times(t, loc), times(square(times(t, scale)), 0.5)),
  ),
  'Uniform‖Gumbel': againstGumbel<Uniform>((t, { low, width }) =>
    plus(times(t, low), log(over(expm1(times(t, width)), times(t, width)))),
  ),

  // 1 − E[cos(θ − μ)] of q's μ is that of p's, and what the angle between them adds.
  'VonMises‖VonMises': crossed((p, q) => {
    const [own, { loc, concentration }] = [of<VonMises>(p), of<VonMises>(q)]
    const [spread, apart] = [p.variance(), times(square(sin(times(minus(own.loc, loc), 0.5))), 2)]
    const atMode = vonMises.logDensity(asReal(0), { kappa: concentration })
    return minus(times(concentration, plus(spread, times(minus(1, spread), apart))), atMode)
  }),

  // E|x − μ| = σ√(2/π)e^(−t²/2) + σt·erf(t/√2) with t the distance of the means in σ.
  'Normal‖Laplace': crossed((p, q) => {
    const [own, { loc, scale }] = [of<Normal>(p), of<Laplace>(q)]
    const t = over(minus(own.loc, loc), own.scale)
    const apart = plus(
      times(Math.sqrt(2 / Math.PI), exp(times(square(t), -0.5))),
      times(t, erf(times(t, Math.SQRT1_2))),
    )
    return plus(over(times(own.scale, apart), scale), log(times(scale, 2)))
  }),
} as const
