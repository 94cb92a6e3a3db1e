import { describe, expect, it } from '@jest/globals'
import { inside, type AnyDistribution } from '../distribution.js'
import { numbers } from '../laws/evaluate.testing.js'
import { FisherSnedecor, GeneralizedPareto, InverseGamma, Pareto, StudentT } from './index.js'

/** Tails too heavy for a mean or a variance: where a half-line's diverge they are ∞, where there is none NaN. */
const heavy: readonly (readonly [name: string, d: AnyDistribution, mean: number, variance: number])[] = [
  ['Pareto, α = 1', Pareto({ scale: 2, alpha: 1 }), Infinity, Infinity],
  ['Pareto, α = 2', Pareto({ scale: 2, alpha: 2 }), 4, Infinity],
  ['GeneralizedPareto, ξ = 1', GeneralizedPareto({ loc: 1, scale: 2, concentration: 1 }), Infinity, Infinity],
  ['GeneralizedPareto, ξ = ½', GeneralizedPareto({ loc: 1, scale: 2, concentration: 0.5 }), 5, Infinity],
  ['InverseGamma, α = 1', InverseGamma({ concentration: 1, rate: 3 }), Infinity, Infinity],
  ['InverseGamma, α = 2', InverseGamma({ concentration: 2, rate: 3 }), 3, Infinity],
  ['FisherSnedecor, d₂ = 2', FisherSnedecor({ df1: 3, df2: 2 }), Infinity, Infinity],
  ['FisherSnedecor, d₂ = 4', FisherSnedecor({ df1: 3, df2: 4 }), 2, Infinity],
  ['StudentT, ν = 1', StudentT({ df: 1, loc: 5, scale: 2 }), NaN, NaN],
  ['StudentT, ν = 2', StudentT({ df: 2, loc: 5, scale: 2 }), 5, Infinity],
]

describe('moments of heavy tails', () => {
  it.each(heavy)('%s', async (_, d, mean, variance) => {
    const found = inside(d)
    expect(found.mean && (await numbers(found.mean()))).toEqual([mean])
    expect(found.variance && (await numbers(found.variance()))).toEqual([variance])
  })
})
