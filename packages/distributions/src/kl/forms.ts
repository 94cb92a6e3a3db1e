import { expandDims, log, neg, sigmoid, square } from '@elbo/tensor'
import {
  asReal,
  atLeast,
  atMost,
  both,
  choose,
  equal,
  minus,
  over,
  plus,
  sumLast,
  times,
  type Real,
  type Truth,
} from '../arithmetic.js'
import type { Beta, Chi2, Exponential, Gamma, InverseGamma, Normal, Uniform } from '../continuous/index.js'
import type { Bernoulli, Binomial, Categorical, Geometric, Poisson } from '../discrete/index.js'
import type { Dynamic } from '../distribution.js'
import { diagonal, solveTriangular, transposed } from '../linear.js'
import type { Dirichlet, MultivariateNormal } from '../multivariate/index.js'
import { onlyNumber } from '../parameters.js'
import { logBeta, logMinusDigamma } from '../special/index.js'
import { crossedForms } from './crossed-forms.js'
import { form, infinite, ofMoments, type Form, type Of } from './form.js'
import { located } from './located-forms.js'
import { normalVectors } from './normal-vector-forms.js'
import { againstGamma, meanLog, ofScales, ofShapes, ofShares } from './terms.js'

const high = ({ low, width }: Of<Uniform>): Real => plus(low, width)

/** `value` where [low, high] of p lies in [least, greatest], ∞ elsewhere. */
const within = (contained: Truth, value: Real): Real => choose(contained, value, Infinity)

const column = (x: Real): Real => expandDims(-1)(x)

/** Dirichlet distributions, the parameters along the last axis; a beta distribution is one of two. */
const ofConcentrations = (p: Real, q: Real): Real => {
  const [ofP, ofQ] = [sumLast(p, 1), sumLast(q, 1)]
  // q·ln of the ratios of shares: the deviances of elements, less that of their sums.
  const expected = times(p, over(column(ofQ), column(ofP)))
  return plus(sumLast(plus(ofShares(q, expected), ofShapes(p, q)), 1), neg(ofShapes(ofP, ofQ)))
}

/** ψ(α) − ψ(α + β), E[ln x] of a beta variable. */
const meanLogOfBeta = ({ alpha, beta }: Of<Beta>): Real => {
  const total = plus(alpha, beta)
  return plus(log(over(alpha, total)), minus(logMinusDigamma(total), logMinusDigamma(alpha)))
}

/** Gamma distributions, and others that are one by another name. */
const ofGammas = (p: Of<Gamma>, q: Of<Gamma>): Real =>
  plus(
    ofShares(q.concentration, times(p.concentration, over(q.rate, p.rate))),
    ofShapes(p.concentration, q.concentration),
  )
const asGamma = ({ rate }: Of<Exponential>): Of<Gamma> => ({ concentration: plus(times(rate, 0), 1), rate })
const chiAsGamma = ({ df }: Of<Chi2>): Of<Gamma> => ({
  concentration: times(df, 0.5),
  rate: plus(times(df, 0), 0.5),
})

/** Distributions over the same categories. */
const ofCategories = (p: Of<Categorical>, q: Of<Categorical>): Real => {
  const isAbsent = equal(p.probs, 0)
  const difference = minus(choose(isAbsent, 0, p.logits), choose(isAbsent, 0, q.logits))
  return sumLast(times(p.probs, difference), 1)
}

/**
 * The closed forms by pair, `'P‖Q'`: the table of PyTorch and NumPyro for the families that are here. A further pair is a further row; its
 * place in the type of `kl` follows.
 */
export const forms = {
  'Normal‖Normal': form<Normal, Normal>((p, q) =>
    plus(ofScales(p.scale, q.scale), times(square(over(minus(p.loc, q.loc), q.scale)), 0.5)),
  ),
  'Normal‖Uniform': infinite,
  'Normal‖Gamma': infinite,
  'Normal‖Beta': infinite,
  'Normal‖Exponential': infinite,
  'Normal‖Pareto': infinite,
  'Normal‖ContinuousBernoulli': infinite,

  'Uniform‖Uniform': form<Uniform, Uniform>((p, q) =>
    within(both(atLeast(p.low, q.low), atMost(high(p), high(q))), log(over(q.width, p.width))),
  ),
  'Uniform‖Normal': ofMoments,
  'Uniform‖Gamma': form<Uniform, Gamma>((p, q) => {
    const isInside = atLeast(p.low, 0)
    const low = choose(isInside, p.low, 0)
    const ofLog = meanLog(low, p.width)
    const middle = plus(low, times(p.width, 0.5))
    return within(isInside, minus(againstGamma(q, middle, ofLog), log(p.width)))
  }),
  'Uniform‖Beta': form<Uniform, Beta>((p, q) => {
    const isInside = both(atLeast(p.low, 0), atMost(high(p), 1))
    const [low, width] = [choose(isInside, p.low, 0), choose(isInside, p.width, 1)]
    const ofLog = meanLog(low, width)
    const ofLogRest = meanLog(minus(1, plus(low, width)), width)
    const crossed = minus(
      logBeta(q.alpha, q.beta),
      times(minus(q.alpha, 1), ofLog),
      times(minus(q.beta, 1), ofLogRest),
    )
    return within(isInside, minus(crossed, log(width)))
  }),

  'Gamma‖Gamma': form<Gamma, Gamma>(ofGammas),
  'Gamma‖Normal': ofMoments,
  'Gamma‖Uniform': infinite,
  'Gamma‖Beta': infinite,
  'Gamma‖Pareto': infinite,
  'Gamma‖ContinuousBernoulli': infinite,
  'Gamma‖Exponential': form<Gamma, Exponential>((p, q) => ofGammas(p, asGamma(q))),
  'Exponential‖Gamma': form<Exponential, Gamma>((p, q) => ofGammas(asGamma(p), q)),
  'InverseGamma‖InverseGamma': form<InverseGamma, InverseGamma>(ofGammas),
  'Chi2‖Chi2': form<Chi2, Chi2>((p, q) => ofGammas(chiAsGamma(p), chiAsGamma(q))),
  'Chi2‖Gamma': form<Chi2, Gamma>((p, q) => ofGammas(chiAsGamma(p), q)),
  'Gamma‖Chi2': form<Gamma, Chi2>((p, q) => ofGammas(p, chiAsGamma(q))),

  'Beta‖Beta': form<Beta, Beta>((p, q) => {
    const beside = ({ alpha, beta }: Of<Beta>): readonly [Real, Real] => [alpha, beta]
    const [ofP, ofQ] = [plus(p.alpha, p.beta), plus(q.alpha, q.beta)]
    const [first, second] = beside(p).map((own, i) =>
      plus(ofShares(beside(q)[i], times(own, over(ofQ, ofP))), ofShapes(own, beside(q)[i])),
    )
    return minus(plus(first, second), ofShapes(ofP, ofQ))
  }),
  'Beta‖Normal': ofMoments,
  'Beta‖Pareto': infinite,
  'ContinuousBernoulli‖Pareto': infinite,
  'Beta‖Gamma': (p: Dynamic, q: Dynamic) => {
    const { entropy, mean } = p as Required<Dynamic>
    const crossed = againstGamma(q.parameters as Of<Gamma>, mean(), meanLogOfBeta(p.parameters as Of<Beta>))
    return minus(crossed, entropy())
  },

  'Bernoulli‖Bernoulli': form<Bernoulli, Bernoulli>((p, q) =>
    plus(ofShares(p.probs, q.probs), ofShares(sigmoid(neg(p.logits)), sigmoid(neg(q.logits)))),
  ),
  'Bernoulli‖Poisson': form<Bernoulli, Poisson>((p, q) =>
    plus(ofShares(p.probs, q.rate), ofShares(sigmoid(neg(p.logits)), asReal(1))),
  ),
  'Categorical‖Categorical': form(ofCategories),
  'OneHotCategorical‖OneHotCategorical': form(ofCategories),
  'Geometric‖Geometric': form<Geometric, Geometric>((p, q) =>
    over(plus(ofShares(p.probs, q.probs), ofShares(sigmoid(neg(p.logits)), sigmoid(neg(q.logits)))), p.probs),
  ),
  'Poisson‖Poisson': form<Poisson, Poisson>((p, q) => ofShares(p.rate, q.rate)),
  'Poisson‖Bernoulli': infinite,
  'Poisson‖Binomial': infinite,
  // Of unlike totals, p has mass where q has none, or the binomial coefficients of q stay in the mean.
  'Binomial‖Binomial': form<Binomial, Binomial>((p, q) => {
    const [ofP, ofQ] = [onlyNumber(p.totalCount), onlyNumber(q.totalCount)]
    if (ofP === undefined || ofQ === undefined || ofP < ofQ) return undefined
    if (ofP > ofQ) return asReal(Infinity)
    return times(
      p.totalCount,
      plus(ofShares(p.probs, q.probs), ofShares(sigmoid(neg(p.logits)), sigmoid(neg(q.logits)))),
    )
  }),

  'Dirichlet‖Dirichlet': form<Dirichlet, Dirichlet>((p, q) =>
    ofConcentrations(p.concentration, q.concentration),
  ),
  'MultivariateNormal‖MultivariateNormal': form<MultivariateNormal, MultivariateNormal>((p, q) => {
    // M = L_q⁻¹·L_p, a column for each row of its transpose: lower triangular, its diagonal the ratios of the diagonals.
    const solve = solveTriangular(q.scaleTril)
    const z = solve(minus(p.loc, q.loc))
    const m = solveTriangular(expandDims(-3)(q.scaleTril))(transposed(p.scaleTril))
    const squares = sumLast(square(m), 2)
    const ownSquares = sumLast(square(diagonal(m)), 1)
    const scales = sumLast(ofScales(diagonal(p.scaleTril), diagonal(q.scaleTril)), 1)
    return plus(scales, times(plus(minus(squares, ownSquares), sumLast(square(z), 1)), 0.5))
  }),

  ...located,
  ...crossedForms,
  ...normalVectors,
} as const satisfies Readonly<Record<`${string}‖${string}`, Form>>

export type Pair = keyof typeof forms

/** Pairs that have a closed form for some of their parameters, which types do not tell: binomial ones, where the totals are data and q's is not the larger. */
export type Conditional = Extract<Pair, 'Binomial‖Binomial'>

/** The closed form of a pair, by the names of the families. */
export const formOf = (p: Dynamic, q: Dynamic): Form | undefined =>
  (forms as Readonly<Record<string, Form | undefined>>)[`${p.family}‖${q.family}`]
