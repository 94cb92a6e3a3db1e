import { expect, it } from '@jest/globals'
import { table as continuousTable } from './continuous/table.testing.js'
import * as continuous from './continuous/index.js'
import { table as discreteTable } from './discrete/table.testing.js'
import * as discrete from './discrete/index.js'
import { inside, type AnyDistribution, type CapabilitiesOf, type Capability } from './distribution.js'
import { fixturesOf } from './laws/fixtures.testing.js'
import { table as multivariateTable } from './multivariate/table.testing.js'
import * as multivariate from './multivariate/index.js'

type Constructor = (about: never) => AnyDistribution

/** A row for each family: exactly what its type can do. One that is missing does not compile, nor one that is too many. */
type Exactly<M> = {
  readonly [K in keyof M as K extends Capitalize<K & string> ? K : never]: M[K] extends Constructor
    ? { readonly [C in CapabilitiesOf<ReturnType<M[K]>>]: true } & {
        readonly [C in Exclude<Capability, CapabilitiesOf<ReturnType<M[K]>>>]?: never
      }
    : never
}

const sample = { sample: true } as const
const moments = { mean: true, variance: true } as const
const quantiles = { cdf: true, icdf: true } as const
/** What a family over numbers has where nothing is missing. */
const discretely = { ...sample, ...moments, ...quantiles, mode: true, entropy: true } as const
const reparameterized = { ...sample, reparameterized: true } as const
const continuously = { ...discretely, ...reparameterized } as const

const continuousFamilies = {
  Beta: continuously,
  Cauchy: { ...reparameterized, ...quantiles, mode: true, entropy: true },
  Chi2: continuously,
  ContinuousBernoulli: continuously,
  Exponential: continuously,
  FisherSnedecor: continuously,
  Gamma: continuously,
  GeneralizedPareto: continuously,
  Gumbel: continuously,
  HalfCauchy: { ...reparameterized, ...quantiles, mode: true, entropy: true },
  HalfNormal: continuously,
  InverseGamma: continuously,
  Kumaraswamy: continuously,
  Laplace: continuously,
  LogNormal: continuously,
  Logistic: continuously,
  Normal: continuously,
  Pareto: continuously,
  StudentT: continuously,
  TruncatedNormal: continuously,
  Uniform: continuously,
  VonMises: { ...reparameterized, ...moments, cdf: true, mode: true, entropy: true },
  Weibull: continuously,
} as const satisfies Exactly<typeof continuous>

const discreteFamilies = {
  Bernoulli: { ...discretely, enumerateSupport: true },
  Binomial: discretely,
  Categorical: { ...sample, ...quantiles, mode: true, entropy: true, enumerateSupport: true },
  Delta: { ...reparameterized, ...moments, cdf: true, mode: true, entropy: true, enumerateSupport: true },
  DiscretisedLogistic: { ...discretely, enumerateSupport: true },
  DiscretisedNormal: { ...discretely, enumerateSupport: true },
  Geometric: discretely,
  LogitRelaxedBernoulli: continuously,
  Multinomial: { ...sample, ...moments, entropy: true },
  NegativeBinomial: { ...sample, ...moments, ...quantiles, mode: true },
  OneHotCategorical: { ...sample, ...moments, mode: true, entropy: true, enumerateSupport: true },
  Poisson: discretely,
  RelaxedBernoulli: { ...reparameterized, ...quantiles },
  RelaxedOneHotCategorical: reparameterized,
} as const satisfies Omit<Exactly<typeof discrete>, 'ZeroInflated'>

const multivariateFamilies = {
  Dirichlet: { ...reparameterized, ...moments, entropy: true },
  LKJCholesky: { ...reparameterized, entropy: true },
  LogisticNormal: reparameterized,
  LowRankMultivariateNormal: { ...reparameterized, ...moments, mode: true, entropy: true },
  MultivariateNormal: { ...reparameterized, ...moments, mode: true, entropy: true },
  VonMisesFisher: { ...reparameterized, ...moments, mode: true, entropy: true },
  Wishart: { ...reparameterized, ...moments, mode: true, entropy: true },
} as const satisfies Exactly<typeof multivariate>

const capabilities: readonly Capability[] = [
  ...(['sample', 'reparameterized', 'mean', 'variance', 'mode', 'entropy', 'cdf', 'icdf'] as const),
  'enumerateSupport',
]

it.each([
  ['continuous', continuousFamilies, continuousTable],
  ['discrete', discreteFamilies, discreteTable],
  ['multivariate', multivariateFamilies, multivariateTable],
] as const)('%s families are able to do what their types say, and nothing else', (area, families, table) => {
  const fixtures = fixturesOf(area)
  for (const [family, can] of Object.entries(families)) {
    const { build } = table[family as keyof typeof table]
    for (const { parameters } of fixtures[family]) {
      const d = inside((build as (p: typeof parameters) => AnyDistribution)(parameters))
      const found = capabilities.filter(name => d[name] !== undefined && d[name] !== false)
      expect({ family, found }).toEqual({ family, found: capabilities.filter(name => name in can) })
    }
  }
})

it('is a mistake of the compiler to ask for what a family lacks', () => {
  const cauchy = continuous.Cauchy({ loc: 0, scale: 1 })
  // @ts-expect-error a Cauchy variable has no mean
  expect(cauchy.mean).toBeUndefined()
  // @ts-expect-error nor has an index
  expect(discrete.Categorical({ probs: [0.5, 0.5] }).mean).toBeUndefined()
  const counts = discrete.ZeroInflated({ base: discrete.Poisson({ rate: 2 }), gate: 0.5 })
  expect(counts.cdf).toBeDefined()
  // @ts-expect-error there are infinitely many counts
  expect(counts.enumerateSupport).toBeUndefined()
  const vectors = multivariate.Dirichlet({ concentration: [1, 2] })
  // @ts-expect-error vectors have no order
  expect(vectors.cdf).toBeUndefined()
})
