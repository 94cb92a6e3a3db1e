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

export const table: Table<typeof families> = {
  Beta: { build: p => Beta(p as { alpha: number; beta: number }) },
  Cauchy: { build: p => Cauchy(p as Located) },
  Chi2: { build: p => Chi2(p as { df: number }) },
  ContinuousBernoulli: { build: p => ContinuousBernoulli(p as { probs: number } | { logits: number }) },
  Exponential: { build: p => Exponential(p as { rate: number }) },
  FisherSnedecor: { build: p => FisherSnedecor(p as { df1: number; df2: number }) },
  Gamma: { build: p => Gamma(p as { concentration: number; rate: number }) },
  GeneralizedPareto: { build: p => GeneralizedPareto(p as Located & { concentration: number }) },
  Gumbel: { build: p => Gumbel(p as Located) },
  HalfCauchy: { build: p => HalfCauchy(p as { scale: number }) },
  HalfNormal: { build: p => HalfNormal(p as { scale: number }) },
  InverseGamma: { build: p => InverseGamma(p as { concentration: number; rate: number }) },
  Kumaraswamy: { build: p => Kumaraswamy(p as { alpha: number; beta: number }) },
  Laplace: { build: p => Laplace(p as Located) },
  LogNormal: { build: p => LogNormal(p as Located) },
  Logistic: { build: p => Logistic(p as Located) },
  Normal: { build: p => Normal(p as { loc: number; scale: number }) },
  Pareto: { build: p => Pareto(p as { scale: number; alpha: number }) },
  StudentT: { build: p => StudentT(p as Located & { df: number }) },
  TruncatedNormal: { build: p => TruncatedNormal(p as Located & { low: number; high: number }) },
  Uniform: {
    build: p => Uniform(p as { low: number; width: number }),
    exempt: {
      'gradient of logProb':
        'Points at the ends leave the support when the ends move, and the density is flat inside.',
    },
  },
  VonMises: {
    build: p => VonMises(p as { loc: number; concentration: number }),
    exempt: {
      'draws have the moments':
        'Its mean is a direction and its variance circular; von-mises.test.ts holds draws to them.',
    },
  },
  Weibull: { build: p => Weibull(p as { scale: number; concentration: number }) },
}

/** Intervals with one end. */
export const halfOpen: Readonly<Record<string, Row>> = {
  'TruncatedNormal from low on': {
    build: p => TruncatedNormal({ ...(p as Located & { low: number }), high: Infinity }),
  },
  'TruncatedNormal up to high': {
    build: p => TruncatedNormal({ ...(p as Located & { high: number }), low: -Infinity }),
  },
}
