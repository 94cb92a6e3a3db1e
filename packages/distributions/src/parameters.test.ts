import { describe, expect, it } from '@jest/globals'
import { evaluate, exp, ndarray, ShapeError, tensor } from '@elbo/tensor'
import {
  Bernoulli,
  Binomial,
  Beta,
  Categorical,
  Cauchy,
  Chi2,
  ContinuousBernoulli,
  Dirichlet,
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
  DiscretisedNormal,
  Geometric,
  MultivariateNormal,
  Normal,
  ParameterError,
  Pareto,
  Poisson,
  StudentT,
  RelaxedBernoulli,
  Uniform,
  Weibull,
  toEvent,
  violated,
  violations,
} from './index.js'

/** Each names the parameter, the constraint and the value. */
const mistakes: readonly (readonly [sentence: string, build: () => unknown])[] = [
  ['Normal: scale must be positive and finite, but is -1', () => Normal({ loc: 0, scale: -1 })],
  ['Normal: loc must be a finite number, but is NaN', () => Normal({ loc: NaN, scale: 1 })],
  ['Normal: scale must be positive and finite, but is 0 at [2]', () => Normal({ loc: 0, scale: [1, 2, 0] })],
  [
    'Gamma: rate must be positive and finite, but is -2 at [1, 0]',
    () => Gamma({ concentration: 1, rate: ndarray([1, 1, -2, 1], [2, 2]) }),
  ],
  ['Beta: beta must be positive and finite, but is Infinity', () => Beta({ alpha: 1, beta: Infinity })],
  ['Cauchy: scale must be positive and finite, but is 0', () => Cauchy({ loc: 0, scale: 0 })],
  ['Chi2: df must be positive and finite, but is -1', () => Chi2({ df: -1 })],
  ['ContinuousBernoulli: probs must be in (0, 1), but is 1', () => ContinuousBernoulli({ probs: 1 })],
  ['Exponential: rate must be positive and finite, but is 0', () => Exponential({ rate: 0 })],
  ['FisherSnedecor: df2 must be positive and finite, but is NaN', () => FisherSnedecor({ df1: 1, df2: NaN })],
  [
    'GeneralizedPareto: concentration must be a finite number, but is Infinity',
    () => GeneralizedPareto({ loc: 0, scale: 1, concentration: Infinity }),
  ],
  ['Gumbel: loc must be a finite number, but is NaN', () => Gumbel({ loc: NaN, scale: 1 })],
  ['HalfCauchy: scale must be positive and finite, but is -1', () => HalfCauchy({ scale: -1 })],
  ['HalfNormal: scale must be positive and finite, but is -2', () => HalfNormal({ scale: -2 })],
  [
    'InverseGamma: rate must be positive and finite, but is 0',
    () => InverseGamma({ concentration: 1, rate: 0 }),
  ],
  ['Kumaraswamy: alpha must be positive and finite, but is 0', () => Kumaraswamy({ alpha: 0, beta: 1 })],
  ['Laplace: scale must be positive and finite, but is Infinity', () => Laplace({ loc: 0, scale: Infinity })],
  [
    'LogNormal: scale must be positive and finite, but is 0 at [1]',
    () => LogNormal({ loc: 0, scale: [1, 0] }),
  ],
  ['Logistic: scale must be positive and finite, but is -1', () => Logistic({ loc: 0, scale: -1 })],
  ['Pareto: alpha must be positive and finite, but is 0', () => Pareto({ scale: 1, alpha: 0 })],
  ['StudentT: df must be positive and finite, but is 0', () => StudentT({ df: 0, loc: 0, scale: 1 })],
  [
    'Weibull: concentration must be positive and finite, but is -1',
    () => Weibull({ scale: 1, concentration: -1 }),
  ],
  ['Uniform: width must be positive and finite, but is 0', () => Uniform({ low: 1, width: 0 })],
  ['Bernoulli: probs must be in [0, 1], but is 1.5', () => Bernoulli({ probs: 1.5 })],
  [
    'Binomial: totalCount must be a whole number from 1, but is 2.5',
    () => Binomial({ totalCount: 2.5, probs: 0.5 }),
  ],
  ['Geometric: probs must be in (0, 1], but is 0', () => Geometric({ probs: 0 })],
  [
    'RelaxedBernoulli: probs must be in (0, 1), but is 1',
    () => RelaxedBernoulli({ temperature: 1, probs: 1 }),
  ],
  [
    'DiscretisedNormal: levels must be a whole number from 2, but is 1',
    () => DiscretisedNormal({ loc: 0, scale: 1, levels: 1 }),
  ],
  ['Poisson: rate must be positive and finite, but is -3', () => Poisson({ rate: tensor(-3) })],
  [
    'Categorical: probs must be a simplex (non-negative, sum 1), but is [0.5, 0.75]',
    () => Categorical({ probs: [0.5, 0.75] }),
  ],
  [
    'Dirichlet: concentration must be a vector of positive, finite numbers, but is [1, 0]',
    () => Dirichlet({ concentration: [1, 0] }),
  ],
  [
    'MultivariateNormal: covariance must be symmetric and positive definite, but is [1, 2, 2, 1]',
    () =>
      MultivariateNormal({
        loc: [0, 0],
        covariance: [
          [1, 2],
          [2, 1],
        ],
      }),
  ],
  [
    'MultivariateNormal: scaleTril must be lower triangular with a positive diagonal, but is [1, 1, 0, 1]',
    () =>
      MultivariateNormal({
        loc: [0, 0],
        scaleTril: [
          [1, 1],
          [0, 1],
        ],
      }),
  ],
]

describe('parameters that are data', () => {
  it.each(mistakes)('%s', (sentence, build) => {
    expect(build).toThrow(ParameterError)
    // Whole sentences: a string would match a part.
    expect(build).toThrow(new RegExp(`^${sentence.replace(/[[\]()]/g, '\\$&')}$`))
  })

  it('have shapes that fit each other', () => {
    // Shapes that the compiler does not know: of literal ones it says the same sentence.
    const vector = (values: readonly number[]) => ndarray(values, [values.length])
    const [loc, scale] = [vector([0, 0]), vector([1, 1, 1])]
    expect(() => Normal({ loc, scale })).toThrow(
      new ShapeError('Normal: loc, scale: [2] and [3]: dimensions 2 and 3 do not broadcast'),
    )
    expect(() => MultivariateNormal({ loc: [0, 0, 0], covariance: [[1]] })).toThrow(
      new ShapeError('MultivariateNormal: loc [3] needs covariance of [3, 3], not [1, 1]'),
    )
    expect(() => Categorical({ probs: 1 })).toThrow(
      new ShapeError('Categorical: probs must be a simplex (non-negative, sum 1), but has shape []'),
    )
  })
})

describe('parameters that are traced', () => {
  it('are reported by the values of their violations', async () => {
    const scale = exp(tensor([0, -Infinity, 1], [3]))
    const d = toEvent(1)(Normal({ loc: 0, scale }))
    expect(Object.keys(violations(d))).toEqual(['Normal: scale must be positive and finite'])
    expect(violated(await evaluate(violations(d)))).toEqual([
      'Normal: scale must be positive and finite, but is 0 (1 of its values)',
    ])
    expect(violated(await evaluate(violations(Normal({ loc: 0, scale: exp(tensor([0, 1])) }))))).toEqual([])
  })

  it('hold matrices to the same constraints', async () => {
    const covariance = exp(tensor([0, 1, 1, 0], [2, 2]))
    const [sentence] = violated(await evaluate(violations(MultivariateNormal({ loc: [0, 0], covariance }))))
    expect(sentence).toContain(
      'MultivariateNormal: covariance must be symmetric and positive definite, but is',
    )
  })
})

describe('toEvent', () => {
  it('sums the batch axes that it takes', async () => {
    const base = Normal({ loc: [0, 1, 2], scale: [[1], [2]] })
    const d = toEvent(1)(base)
    expect([d.batchShape, d.eventShape]).toEqual([[2], [3]])
    const x = tensor([0.5, -1, 4])
    const [own, parts] = await evaluate([d.logProb(x), base.logProb(x)] as const)
    for (const row of [0, 1])
      expect(own.data[row]).toBeCloseTo(
        [0, 1, 2].reduce((a, i) => a + parts.data[3 * row + i], 0),
        5,
      )
    expect('cdf' in d).toBe(false)
    expect(() => toEvent(3)(base)).toThrow(new ShapeError('toEvent: the batch [2, 3] has no 3 axes'))
    expect(() => d.logProb(tensor([1, 2]))).toThrow(
      new ShapeError('logProb: [2] does not end with the event shape [3]'),
    )
  })
})
