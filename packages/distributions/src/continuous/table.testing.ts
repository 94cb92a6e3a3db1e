import { openUnitInterval, positive, real, type Mistake } from '../laws/mistakes.testing.js'
import type { Row, Table } from '../laws/table.testing.js'
import * as families from './index.js'

const {
  Beta,
  Cauchy,
  Chi2,
  ContinuousBernoulli,
  Exponential,
  FisherSnedecor,
  Gamma,
  GeneralizedPareto,
  Gumbel,
  HalfCauchy,
  HalfNormal,
  InverseGamma,
  Kumaraswamy,
  Laplace,
  LogNormal,
  Logistic,
  Normal,
  Pareto,
  StudentT,
  TruncatedNormal,
  Uniform,
  VonMises,
  Weibull,
} = families

type Located = {
  readonly loc: number
  readonly scale: number
}

/** Ends may be infinite. */
const end: Mistake = { must: 'a number or infinite', not: [] }
const truncated = { loc: real, scale: positive, low: end, high: end }

export const table: Table<typeof families> = {
  Beta: {
    mistakes: { alpha: positive, beta: positive },
    build: p => Beta(p as { alpha: number; beta: number }),
  },
  Cauchy: { mistakes: { loc: real, scale: positive }, build: p => Cauchy(p as Located) },
  Chi2: { mistakes: { df: positive }, build: p => Chi2(p as { df: number }) },
  ContinuousBernoulli: {
    mistakes: { probs: openUnitInterval, logits: real },
    build: p => ContinuousBernoulli(p as { probs: number } | { logits: number }),
  },
  Exponential: { mistakes: { rate: positive }, build: p => Exponential(p as { rate: number }) },
  FisherSnedecor: {
    mistakes: { df1: positive, df2: positive },
    build: p => FisherSnedecor(p as { df1: number; df2: number }),
  },
  Gamma: {
    mistakes: { concentration: positive, rate: positive },
    build: p => Gamma(p as { concentration: number; rate: number }),
  },
  GeneralizedPareto: {
    mistakes: { loc: real, scale: positive, concentration: real },
    build: p => GeneralizedPareto(p as Located & { concentration: number }),
  },
  Gumbel: { mistakes: { loc: real, scale: positive }, build: p => Gumbel(p as Located) },
  HalfCauchy: { mistakes: { scale: positive }, build: p => HalfCauchy(p as { scale: number }) },
  HalfNormal: { mistakes: { scale: positive }, build: p => HalfNormal(p as { scale: number }) },
  InverseGamma: {
    mistakes: { concentration: positive, rate: positive },
    build: p => InverseGamma(p as { concentration: number; rate: number }),
  },
  Kumaraswamy: {
    mistakes: { alpha: positive, beta: positive },
    build: p => Kumaraswamy(p as { alpha: number; beta: number }),
  },
  Laplace: { mistakes: { loc: real, scale: positive }, build: p => Laplace(p as Located) },
  LogNormal: { mistakes: { loc: real, scale: positive }, build: p => LogNormal(p as Located) },
  Logistic: { mistakes: { loc: real, scale: positive }, build: p => Logistic(p as Located) },
  Normal: {
    mistakes: { loc: real, scale: positive },
    build: p => Normal(p as { loc: number; scale: number }),
  },
  Pareto: {
    mistakes: { scale: positive, alpha: positive },
    build: p => Pareto(p as { scale: number; alpha: number }),
  },
  StudentT: {
    mistakes: { df: positive, loc: real, scale: positive },
    build: p => StudentT(p as Located & { df: number }),
  },
  TruncatedNormal: {
    mistakes: truncated,
    build: p => TruncatedNormal(p as Located & { low: number; high: number }),
  },
  Uniform: {
    mistakes: { low: real, width: positive },
    build: p => Uniform(p as { low: number; width: number }),
  },
  VonMises: {
    mistakes: { loc: real, concentration: positive },
    build: p => VonMises(p as { loc: number; concentration: number }),
    exempt: {
      'draws have the moments':
        'Its mean is a direction and its variance circular; von-mises.test.ts holds draws to them.',
    },
  },
  Weibull: {
    mistakes: { scale: positive, concentration: positive },
    build: p => Weibull(p as { scale: number; concentration: number }),
  },
}

const of = 'TruncatedNormal'
const halfTruncated = { loc: { ...real, of }, scale: { ...positive, of } }

/** Intervals with one end. */
export const halfOpen: Readonly<Record<string, Row>> = {
  'TruncatedNormal from low on': {
    mistakes: { ...halfTruncated, low: { ...end, of } },
    build: p => TruncatedNormal({ ...(p as Located & { low: number }), high: Infinity }),
  },
  'TruncatedNormal up to high': {
    mistakes: { ...halfTruncated, high: { ...end, of } },
    build: p => TruncatedNormal({ ...(p as Located & { high: number }), low: -Infinity }),
  },
}
