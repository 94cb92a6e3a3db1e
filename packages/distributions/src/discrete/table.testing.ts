import { arange, cast, expandDims, log, round, sigmoid, slice, Tensor } from '@elbo/tensor'
import { minus, over, sumLast, times, type Real } from '../arithmetic.js'
import { inside, type AnyDistribution, type Dynamic } from '../distribution.js'
import {
  openUnitInterval,
  positive,
  positiveProbability,
  positiveSimplex,
  positiveWhole,
  real,
  realVector,
  simplex,
  unitInterval,
} from '../laws/mistakes.testing.js'
import type { Given, Table } from '../laws/table.testing.js'
import * as families from './index.js'

const {
  Bernoulli,
  Binomial,
  Categorical,
  Delta,
  DiscretisedLogistic,
  DiscretisedNormal,
  Geometric,
  LogitRelaxedBernoulli,
  Multinomial,
  NegativeBinomial,
  OneHotCategorical,
  Poisson,
  RelaxedBernoulli,
  RelaxedOneHotCategorical,
  ZeroInflated,
} = families

/** A number of trials is whole: nothing follows it by a small step. */
const trials = (p: Given): Given => {
  const { totalCount } = p
  return { ...p, totalCount: totalCount instanceof Tensor ? round(totalCount) : totalCount }
}

interface Trials {
  readonly totalCount: number
  readonly probs: number
}

const firstAndLast = (n: number): readonly number[] => [0, n - 1]

/** Element i of vectors. */
const element =
  (i: number) =>
  (x: Real): Real =>
    sumLast(
      slice(...x.shape.map((_, axis) => (axis === x.shape.length - 1 ? ([i, i + 1] as const) : null)))(x),
      1,
    )

const cdfOf = (d: AnyDistribution) => inside(d).cdf as NonNullable<Dynamic['cdf']>
const parameter = (d: AnyDistribution, name: string): Real => d.parameters[name] as Real
const extent = ({ shape }: Real): number => shape[shape.length - 1]

export const table: Table<typeof families> = {
  Bernoulli: {
    mistakes: { probs: unitInterval, logits: real },
    build: p => Bernoulli(p as { probs: number } | { logits: number }),
  },
  Binomial: {
    mistakes: { totalCount: positiveWhole, probs: unitInterval, logits: real },
    build: p => Binomial(trials(p) as unknown as Trials),
  },
  Categorical: {
    mistakes: { probs: simplex, logits: realVector },
    build: p => Categorical(p as { probs: number[] } | { logits: number[] }),
  },
  Delta: {
    mistakes: { value: real },
    build: p => Delta(p as { value: number }),
    exempt: { 'gradient of logProb': 'The point leaves the support when the value moves.' },
  },
  DiscretisedLogistic: {
    mistakes: { loc: real, scale: positive },
    build: p => DiscretisedLogistic({ ...(p as { loc: number; scale: number }), levels: 256 }),
  },
  DiscretisedNormal: {
    mistakes: { loc: real, scale: positive },
    build: p => DiscretisedNormal({ ...(p as { loc: number; scale: number }), levels: 256 }),
  },
  Geometric: {
    mistakes: { probs: positiveProbability, logits: real },
    build: p => Geometric(p as { probs: number } | { logits: number }),
  },
  LogitRelaxedBernoulli: {
    mistakes: { temperature: positive, probs: openUnitInterval, logits: real },
    build: p => LogitRelaxedBernoulli(p as { temperature: number; probs: number }),
  },
  Multinomial: {
    mistakes: { totalCount: positiveWhole, probs: simplex, logits: realVector },
    step: 1e-3,
    build: p => Multinomial(trials(p) as unknown as { totalCount: number; probs: number[] }),
    // An element is a binomial variable.
    projections: d => {
      const [totalCount, probs] = [parameter(d, 'totalCount'), parameter(d, 'probs')]
      return firstAndLast(extent(probs)).map(i => ({
        of: element(i),
        cdf: cdfOf(Binomial({ totalCount, probs: element(i)(probs) })),
      }))
    },
  },
  NegativeBinomial: {
    mistakes: { totalCount: positive, probs: positiveProbability, logits: real },
    build: p => NegativeBinomial(p as unknown as Trials),
  },
  OneHotCategorical: {
    mistakes: { probs: simplex, logits: realVector },
    build: p => OneHotCategorical(p as { probs: number[] } | { logits: number[] }),
    // The index of the 1.
    projections: d => {
      const probs = parameter(d, 'probs')
      const index = cdfOf(Categorical({ probs }))
      return [
        {
          of: x => sumLast(times(x, arange(extent(probs))), 1),
          cdf: y => index(cast('i32')(y) as never),
        },
      ]
    },
  },
  Poisson: { mistakes: { rate: positive }, build: p => Poisson(p as { rate: number }) },
  RelaxedBernoulli: {
    mistakes: { temperature: positive, probs: openUnitInterval, logits: real },
    build: p => RelaxedBernoulli(p as { temperature: number; probs: number }),
  },
  RelaxedOneHotCategorical: {
    mistakes: { temperature: positive, probs: positiveSimplex, logits: realVector },
    build: p => RelaxedOneHotCategorical(p as { temperature: number; probs: number[] }),
    coordinates: y => over(y, expandDims(-1)(sumLast(y, 1))),
    // λ ln(x₀/x₁) is a logistic variable around the difference of the logits.
    projections: d => {
      const [temperature, logits] = [parameter(d, 'temperature'), parameter(d, 'logits')]
      const last = extent(logits) - 1
      const difference = (x: Real): Real => minus(element(0)(x), element(last)(x))
      return [
        {
          of: x => times(temperature, difference(log(x))),
          cdf: y => sigmoid(minus(y, difference(logits))),
        },
      ]
    },
  },
  ZeroInflated: {
    mistakes: {
      gate: unitInterval,
      rate: { ...positive, of: 'Poisson' },
      totalCount: { ...positiveWhole, of: 'Binomial' },
      probs: { ...unitInterval, of: 'Binomial' },
    },
    build: p => {
      const { gate, ...own } = p as { gate: number; rate: number } | (Trials & { gate: number })
      const base =
        'rate' in own ? Poisson(own) : Binomial(trials(own as unknown as Given) as unknown as Trials)
      return ZeroInflated({ base, gate })
    },
  },
}
