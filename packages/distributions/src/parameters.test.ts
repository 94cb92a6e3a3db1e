import { describe, expect, it } from '@jest/globals'
import { evaluate, exp, ndarray, ShapeError, tensor } from '@elbo/tensor'
import {
  Binomial,
  Categorical,
  Gamma,
  DiscretisedNormal,
  MultivariateNormal,
  Normal,
  ParameterError,
  Poisson,
  toEvent,
  violated,
  violations,
  LKJCholesky,
} from './index.js'

/**
 * Beside those that every family is held to by its row: where a value stands in a batch, and parameters that only shape a family.
 */
const mistakes: readonly (readonly [sentence: string, build: () => unknown])[] = [
  ['Normal: scale must be positive and finite, but is 0 at [2]', () => Normal({ loc: 0, scale: [1, 2, 0] })],
  [
    'Gamma: rate must be positive and finite, but is -2 at [1, 0]',
    () => Gamma({ concentration: 1, rate: ndarray([1, 1, -2, 1], [2, 2]) }),
  ],
  ['Poisson: rate must be positive and finite, but is -3', () => Poisson({ rate: tensor(-3) })],
  [
    'Binomial: totalCount must be a whole number from 1, but is 2.5',
    () => Binomial({ totalCount: 2.5, probs: 0.5 }),
  ],
  [
    'DiscretisedNormal: levels must be a whole number from 2, but is 1',
    () => DiscretisedNormal({ loc: 0, scale: 1, levels: 1 }),
  ],
  [
    'LKJCholesky: dimension must be a whole number from 2, but is 1',
    () => LKJCholesky({ dimension: 1, concentration: 1 }),
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
