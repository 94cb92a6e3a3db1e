import { describe, expect, it } from '@jest/globals'
import {
  cpu,
  evaluator,
  key,
  matmul,
  normal,
  reference,
  reshape,
  run,
  transpose,
  type NDArray,
  type Shape,
  type Tensor,
} from '@elbo/tensor'
import * as initialisers from './initialisers.js'
import { orthogonal } from './orthogonal.js'

const evaluate = evaluator(run(cpu()))

/** What 30,000 draws have to agree with. */
interface Law {
  readonly initialiser: initialisers.Initialiser
  /** The largest magnitude, which is nearly reached; normal draws have none. */
  readonly bound?: number
  readonly variance: number
  /** E[x⁴]/E[x²]² and E[x⁸]/E[x²]⁴. */
  readonly fourth: number
  readonly eighth: number
}

const uniform = (initialiser: initialisers.Initialiser, bound: number): Law => ({
  initialiser,
  bound,
  variance: bound ** 2 / 3,
  fourth: 9 / 5,
  eighth: 9,
})
const gaussian = (initialiser: initialisers.Initialiser, variance: number): Law => ({
  initialiser,
  variance,
  fourth: 3,
  eighth: 105,
})

/** Fans of 300 in, 100 out. The moments of the truncated normal are scipy.stats.truncnorm(-2, 2)'s. */
const laws: Readonly<Record<string, Law>> = {
  fanInUniform: uniform(initialisers.fanInUniform, 1 / Math.sqrt(300)),
  glorotUniform: uniform(initialisers.glorotUniform, Math.sqrt(6 / 400)),
  glorotNormal: gaussian(initialisers.glorotNormal, 2 / 400),
  heUniform: uniform(initialisers.heUniform, Math.sqrt(6 / 300)),
  heNormal: gaussian(initialisers.heNormal, 2 / 300),
  lecunUniform: uniform(initialisers.lecunUniform, Math.sqrt(3 / 300)),
  lecunNormal: gaussian(initialisers.lecunNormal, 1 / 300),
  standardNormal: gaussian(initialisers.standardNormal, 1),
  truncatedNormal: {
    initialiser: initialisers.truncatedNormal(0.02),
    bound: 0.04,
    variance: 0.02 ** 2 * 0.7737413035499232,
    fourth: 2.3655367171296495,
    eighth: 27.18959116547652,
  },
}

const constants = {
  zeros: [initialisers.zeros, 0],
  ones: [initialisers.ones, 1],
  constant: [initialisers.constant(-0.25), -0.25],
} as const

describe('initialisers', () => {
  it('are all held to their laws', () => {
    expect([...Object.keys(laws), ...Object.keys(constants)].sort()).toEqual(Object.keys(initialisers).sort())
  })

  it.each(Object.entries(laws))('%s has its moments, and its bound', async (_, law) => {
    const { data } = await evaluate(law.initialiser({ in: 300, out: 100 })([300, 100])(key(3)))
    const values = Array.from(data)
    const average = (f: (value: number) => number) =>
      values.reduce((sum, value) => sum + f(value), 0) / values.length
    const { variance, fourth, eighth, bound } = law
    // Five standard errors each.
    expect(Math.abs(average(value => value))).toBeLessThan(5 * Math.sqrt(variance / values.length))
    expect(Math.abs(average(value => value ** 2) / variance - 1)).toBeLessThan(
      5 * Math.sqrt((fourth - 1) / values.length),
    )
    expect(Math.abs(average(value => value ** 4) / variance ** 2 - fourth)).toBeLessThan(
      5 * Math.sqrt((eighth - fourth ** 2) / values.length),
    )
    if (bound !== undefined) {
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6))
      expect(largest).toBeGreaterThan(0.999 * bound)
    }
  })

  it.each(Object.entries(constants))('%s is the same everywhere', async (_, [initialiser, value]) => {
    const { data, shape } = await evaluate(initialiser({ in: 2, out: 3 })([2, 3])(key(1)))
    expect(shape).toEqual([2, 3])
    expect([...data]).toEqual(Array(6).fill(value))
  })

  it.each(Object.entries(laws))('%s draws by its key alone', async (_, { initialiser }) => {
    const draws = [1, 1, 2].map(seed => initialiser({ in: 4, out: 3 })([4, 3])(key(seed)))
    const [a, b, c] = await evaluate(draws)
    expect(a).toEqual(b)
    expect(a).not.toEqual(c)
  })
})

describe.each([
  ['the CPU backend', cpu()],
  ['the reference', reference()],
] as const)('orthogonal, on %s', (_, backend) => {
  const evaluateThere = evaluator(run(backend))

  it.each<readonly [readonly number[], number]>([
    [[1, 1], 1],
    [[5, 5], 1],
    [[3, 8], 2],
    [[9, 2], Math.SQRT2],
    [[7, 3, 3, 2], 0.5],
    [[2, 1, 3, 3], 1],
    [[6], 3],
    [[96, 96], 1],
  ])('%j, gain %d: the fewer of rows and columns are orthonormal', async (shape, gain) => {
    const drawn: Tensor<Shape, 'f32'> = orthogonal(gain)({ in: 1, out: 1 })(shape)(key(5))
    expect(drawn.shape).toEqual(shape)
    const matrix = reshape([shape[0], -1])(drawn) as Tensor<Shape, 'f32'>
    const turned = transpose()(matrix) as Tensor<Shape, 'f32'>
    const [few, many] = matrix.shape[0] <= matrix.shape[1] ? [matrix, turned] : [turned, matrix]
    const product: NDArray = await evaluateThere(matmul(many)(few) as Tensor<Shape, 'f32'>)
    const [n] = product.shape
    const off = Array.from(product.data, (value, i) =>
      Math.abs(value / gain ** 2 - (i % (n + 1) === 0 ? 1 : 0)),
    )
    expect(off.reduce((most, value) => Math.max(most, value), 0)).toBeLessThanOrEqual(1e-6)
  })

  // A matrix of full rank is L·Q with L lower triangular and a positive diagonal in one way only, and Q of a normal matrix is uniform.
  it('is the orthogonal factor of normal draws', async () => {
    const n = 12
    const q: Tensor<Shape, 'f32'> = orthogonal()({ in: 1, out: 1 })([n, n + 3])(key(8))
    const a: Tensor<Shape, 'f32'> = normal([n, n + 3])(key(8))
    const lower: NDArray = await evaluateThere(matmul(transpose()(q) as Tensor)(a) as Tensor<Shape, 'f32'>)
    lower.data.forEach((value: number, i: number) => {
      const [row, column] = [Math.floor(i / n), i % n]
      if (column === row) expect(value).toBeGreaterThan(0.01)
      if (column > row) expect(Math.abs(value)).toBeLessThan(3e-6)
    })
  })
})
