import { abs, lgamma, log, log1p, neg, square } from '@elbo/tensor'
import { atLeast, choose, minus, over, plus, times, type Real } from '../arithmetic.js'
import type {
  Cauchy,
  Exponential,
  Gumbel,
  HalfNormal,
  Laplace,
  LogNormal,
  Normal,
  Pareto,
} from '../continuous/index.js'
import { expm1Minus } from '../special/index.js'
import { form, infinite, ofMoments, type Of } from './form.js'
import { ofScales, ofShares } from './terms.js'

/** Euler's γ. */
const gamma = 0.5772156649015329

/** r − 1 − ln r of r = p/q. */
const ofRatio = (p: Real, q: Real): Real => over(ofShares(q, p), q)

const ofNormals = (p: Of<Normal>, q: Of<Normal>): Real =>
  plus(ofScales(p.scale, q.scale), times(square(over(minus(p.loc, q.loc), q.scale)), 0.5))

/** The closed forms of families with a loc or a scale, so that nothing large cancels where both are alike. */
export const located = {
  'LogNormal‖LogNormal': form<LogNormal, LogNormal>(ofNormals),
  'HalfNormal‖HalfNormal': form<HalfNormal, HalfNormal>((p, q) => ofScales(p.scale, q.scale)),

  'Exponential‖Exponential': form<Exponential, Exponential>((p, q) => ofRatio(q.rate, p.rate)),
  'Exponential‖Normal': ofMoments,
  'Exponential‖Beta': infinite,
  'Exponential‖ContinuousBernoulli': infinite,
  'Exponential‖Pareto': infinite,
  'Exponential‖Uniform': infinite,

  'Laplace‖Laplace': form<Laplace, Laplace>((p, q) => {
    const t = over(abs(minus(p.loc, q.loc)), p.scale)
    return plus(ofRatio(p.scale, q.scale), times(over(p.scale, q.scale), expm1Minus(neg(t))))
  }),
  'Laplace‖Normal': ofMoments,
  'Laplace‖Beta': infinite,
  'Laplace‖ContinuousBernoulli': infinite,
  'Laplace‖Exponential': infinite,
  'Laplace‖Gamma': infinite,
  'Laplace‖Pareto': infinite,
  'Laplace‖Uniform': infinite,

  // With s = ln Γ(1 + r) − δ: (eˢ − 1 − s) + (ln Γ(r) + γ(r − 1)).
  'Gumbel‖Gumbel': form<Gumbel, Gumbel>((p, q) => {
    const r = over(p.scale, q.scale)
    const s = minus(lgamma(plus(r, 1)), over(minus(p.loc, q.loc), q.scale))
    return plus(expm1Minus(s), lgamma(r), times(minus(r, 1), gamma))
  }),
  'Gumbel‖Normal': ofMoments,
  'Gumbel‖Beta': infinite,
  'Gumbel‖ContinuousBernoulli': infinite,
  'Gumbel‖Exponential': infinite,
  'Gumbel‖Gamma': infinite,
  'Gumbel‖Pareto': infinite,
  'Gumbel‖Uniform': infinite,

  'Cauchy‖Cauchy': form<Cauchy, Cauchy>((p, q) => {
    const apart = plus(square(minus(p.scale, q.scale)), square(minus(p.loc, q.loc)))
    return log1p(over(over(apart, times(p.scale, 4)), q.scale))
  }),

  'Pareto‖Pareto': form<Pareto, Pareto>((p, q) => {
    const isInside = atLeast(p.scale, q.scale)
    const ratio = choose(isInside, over(p.scale, q.scale), 1)
    const value = plus(times(q.alpha, log(ratio)), ofRatio(q.alpha, p.alpha))
    return choose(isInside, value, Infinity)
  }),
  'Pareto‖Beta': infinite,
  'Pareto‖ContinuousBernoulli': infinite,
  'Pareto‖Uniform': infinite,
} as const
