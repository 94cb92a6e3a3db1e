import { describe, expect, it } from '@jest/globals'
import {
  ndarray,
  constant,
  matmul,
  ShapeError,
  sum,
  tensor,
  vjp,
  scalar,
  stack,
  type Shape,
} from '@elbo/tensor'
import { numbers, inDoubles } from '../laws/evaluate.testing.js'
import {
  Beta,
  bijectorTo,
  Dirichlet,
  Gamma,
  GeneralizedPareto,
  LKJCholesky,
  MultivariateNormal,
  Normal,
  Pareto,
  Poisson,
  RelaxedBernoulli,
  RelaxedOneHotCategorical,
  transforms,
  TruncatedNormal,
  Uniform,
  VonMises,
  VonMisesFisher,
  Wishart,
} from '../index.js'
import { minus, times, type Real } from '../arithmetic.js'
import { bijection, undo, type AnyTransform } from './transform.js'

const {
  affine,
  autoregressive,
  compose,
  corrCholesky,
  exp,
  gram,
  identity,
  inverse,
  log,
  lowerCholesky,
  ordered,
  permute,
  power,
  reshape,
  sigmoid,
  softplus,
  stickBreaking,
  tanh,
} = transforms

interface Row {
  readonly of: AnyTransform
  readonly x: readonly number[]
  /** Of one argument; numbers come one by one. */
  readonly shape?: Shape
  /** The places in a result, row by row, that determine it: all of them where they are as many as the argument's. */
  readonly free?: readonly number[]
}

/** Rows whose element i is placed by those before it, in a way that is not linear. */
const conditioned = autoregressive(y => {
  const before = (weights: readonly number[]): Real => tanh.forward(matmul(tensor(weights, [3, 3]))(y))
  return {
    loc: before([0, 0.7, -1.2, 0, 0, 0.9, 0, 0, 0]),
    logScale: before([0, -0.4, 0.8, 0, 0, 0.5, 0, 0, 0]),
  }
})

const anywhere = [-9, -2.5, -0.4, -0.003, 0.2, 1.7, 6]
const above0 = [1e-4, 0.03, 0.7, 1, 1.6, 24]

const rows: Readonly<Record<string, Row>> = {
  identity: { of: identity, x: anywhere },
  affine: { of: affine({ loc: -2, scale: 0.5 }), x: anywhere },
  'affine that falls': { of: affine({ loc: 3, scale: -4 }), x: anywhere },
  exp: { of: exp, x: anywhere },
  log: { of: log, x: above0 },
  sigmoid: { of: sigmoid, x: anywhere },
  tanh: { of: tanh, x: [-3, -0.31, -0.29, -1e-3, 0.1, 0.3, 2.5] },
  softplus: { of: softplus, x: anywhere },
  power: { of: power(2.5), x: above0 },
  'power that falls': { of: power(-0.5), x: above0 },
  stickBreaking: { of: stickBreaking, x: [0.3, -1.2, 2, 0.1], shape: [4], free: [0, 1, 2, 3] },
  ordered: { of: ordered, x: [-3, 0.5, -1, 1.5], shape: [4] },
  lowerCholesky: {
    of: lowerCholesky,
    x: [0.2, -1, -0.7, 2, 0.4, 1.1],
    shape: [6],
    free: [0, 3, 4, 6, 7, 8],
  },
  corrCholesky: {
    of: corrCholesky,
    x: [0.2, -1, -0.7, 0.8, 0.4, 1.1],
    shape: [6],
    free: [4, 8, 9, 12, 13, 14],
  },
  'gram of lowerCholesky': {
    of: compose(lowerCholesky, gram),
    x: [0.2, -1, -0.7, 0.4, 0.1, 0.3],
    shape: [6],
    free: [0, 3, 4, 6, 7, 8],
  },
  permute: { of: permute([2, 0, 3, 1]), x: [1, 2, 3, 4], shape: [4] },
  reshape: { of: reshape([2, 3], [3, 2]), x: [1, 2, 3, 4, 5, 6], shape: [2, 3] },
  'inverse softplus': { of: inverse(softplus), x: above0 },
  'inverse ordered': { of: inverse(ordered), x: [-1, 0.3, 2, 2.2], shape: [4] },
  'compose of numbers': { of: compose(affine({ loc: 1, scale: 0.3 }), exp, power(-1.5)), x: [-2, 0.1, 3] },
  'compose of vectors': { of: compose(exp, permute([1, 2, 0]), log, ordered), x: [0.3, -0.2, 1], shape: [3] },
  autoregressive: { of: conditioned, x: [0.4, -1.1, 0.6], shape: [3] },
  'compose of flows': {
    of: compose(conditioned, permute([2, 1, 0]), conditioned),
    x: [0.4, -1.1, 0.6],
    shape: [3],
  },
  'compose to matrices': {
    of: compose(affine({ loc: 0, scale: [1, 2, 0.5] }), lowerCholesky),
    x: [0.3, -0.2, 0.6],
    shape: [3],
    free: [0, 2, 3],
  },
}

/** ln |det| on the host, by elimination with pivots. */
const logDeterminant = (matrix: readonly (readonly number[])[]): number => {
  const a = matrix.map(row => [...row])
  let total = 0
  for (let j = 0; j < a.length; j++) {
    const pivot = a
      .slice(j)
      .reduce((best, row, i) => (Math.abs(row[j]) > Math.abs(a[best][j]) ? j + i : best), j)
    ;[a[j], a[pivot]] = [a[pivot], a[j]]
    total += Math.log(Math.abs(a[j][j]))
    for (let i = j + 1; i < a.length; i++) {
      const factor = a[i][j] / a[j][j]
      for (let k = j; k < a.length; k++) a[i][k] -= factor * a[j][k]
    }
  }
  return total
}

/** The Jacobian at x by reverse mode, row by row, in double precision. */
const jacobian = async (f: (x: Real) => Real, x: Real, free?: readonly number[]) => {
  const [y, back] = vjp(f, x)
  const size = y.shape.reduce((a, b) => a * b, 1)
  const places = free ?? Array.from({ length: size }, (_, i) => i)
  const slopes = places.map(at =>
    back(
      constant(
        ndarray(
          Array.from({ length: size }, (_, i) => (i === at ? 1 : 0)),
          y.shape,
        ),
      ),
    ),
  )
  const found = await numbers(stack(0)(slopes as never), inDoubles)
  const width = found.length / places.length
  return places.map((_, i) => found.slice(i * width, (i + 1) * width))
}

describe.each(Object.entries(rows))('%s', (_, { of, x, shape, free }) => {
  const t = bijection(of)
  const arguments_: readonly Real[] = shape === undefined ? x.map(scalar) : [constant(ndarray(x, shape))]

  it('inverts', async () => {
    for (const value of arguments_) {
      const expected = await numbers(value)
      const found = await numbers(t.inverse(t.forward(value)))
      // A rounding of y, at its own condition number: |y|·|∂x/∂y| is at most 40 in this table.
      found.forEach((back, i) =>
        expect(Math.abs(back - expected[i])).toBeLessThan(1e-6 * Math.max(2, Math.abs(expected[i]) * 40)),
      )
    }
  })

  it('has the determinant of its Jacobian', async () => {
    for (const value of arguments_) {
      const expected = logDeterminant(await jacobian(t.forward, value, free))
      const [found] = await numbers(t.logDeterminant(value))
      expect(Math.abs(found - expected)).toBeLessThan(2e-6 * Math.max(1, Math.abs(expected)))
    }
  })

  it('gives an argument and its determinant together as it does apart', async () => {
    for (const value of arguments_) {
      const y = t.forward(value)
      const [x, determinant] = undo(t)(y)
      expect(await numbers(x)).toEqual(await numbers(t.inverse(y)))
      const [found] = await numbers(determinant)
      const [expected] = await numbers(t.logDeterminant(x))
      expect(Math.abs(found - expected)).toBeLessThan(2e-6 * Math.max(1, Math.abs(expected)))
    }
  })

  it('maps its domain into its codomain, and keeps batches apart', async () => {
    const [value] = arguments_
    const batch = stack(0)([value, value] as never) as Real
    const image = t.forward(batch)
    const one = await numbers(t.forward(value))
    expect(await numbers(image)).toEqual([...one, ...one])
    expect(t.logDeterminant(batch).shape).toEqual([2, ...value.shape.slice(0, value.shape.length - t.from)])
    expect(t.inverse(image).shape).toEqual(batch.shape)
    expect(image.shape.length - t.to).toBe(batch.shape.length - t.from)
    if (t.codomain.contains) expect(await numbers(t.codomain.contains(t.forward(value)))).toEqual([1])
  })

  it('says truly whether it keeps shapes and which way it goes', async () => {
    const [value] = arguments_
    const isKept = t.forward(value).shape.join() === value.shape.join()
    expect(t.keepsShape && !isKept).toBe(false)
    if (t.sign === undefined) return
    const [sign] = await numbers(minus(t.sign, 0))
    const slopes = await numbers(vjp((y: Real): Real => sum()(t.forward(y)), value)[1](scalar(1)))
    expect(slopes.every(slope => Math.sign(slope) === Math.sign(sign))).toBe(true)
  })
})

describe('against closed forms', () => {
  it('breaks sticks at the centre of the simplex for 0', async () => {
    const found = await numbers(stickBreaking.forward(tensor([0, 0, 0])))
    for (const share of found) expect(share).toBeCloseTo(0.25, 6)
  })

  it('gives factors of correlation matrices', async () => {
    const l = await numbers(corrCholesky.forward(tensor([0.4, -1.3, 2])))
    const rowLengths = [0, 1, 2].map(i => Math.hypot(...l.slice(3 * i, 3 * i + 3)))
    for (const length of rowLengths) expect(length).toBeCloseTo(1, 6)
    expect(l[3]).toBeCloseTo(Math.tanh(0.4), 6)
  })

  it.each([
    ['exp', exp, Math.exp],
    ['log', log, Math.log],
    ['sigmoid', sigmoid, (x: number) => 1 / (1 + Math.exp(-x))],
    ['tanh', tanh, Math.tanh],
    ['softplus', softplus, (x: number) => Math.log1p(Math.exp(x))],
  ] as const)('%s within 5e-7', async (name, t, f) => {
    const x = Array.from({ length: 400 }, (_, i) =>
      Math.fround(name === 'log' ? 1.05 ** (i - 200) : (i - 199.5) / 13),
    )
    const found = await numbers(t.forward(tensor(x)))
    found.forEach((y, i) => expect(Math.abs(y - f(x[i]))).toBeLessThanOrEqual(5e-7 * Math.abs(f(x[i]))))
  })
})

describe('what does not fit', () => {
  it('is said', () => {
    const vector = constant(ndarray([1, 2, 3, 4], [4])) as Real
    expect(() => bijection(lowerCholesky).forward(vector)).toThrow(
      new ShapeError('lowerCholesky: 4 numbers do not fill the rows of a triangle'),
    )
    expect(() => permute([0, 0])).toThrow(new RangeError('permute: [0, 0] does not hold 0 to 1 once each'))
    expect(() => bijection(permute([1, 0])).forward(vector)).toThrow(
      new ShapeError('permute: [4] does not end with an axis of 2'),
    )
    expect(() => reshape([2, 3], [4])).toThrow(
      new ShapeError('reshape: [2, 3] does not have the size of [4]'),
    )
    expect(() => bijection(reshape([2], [2, 1])).forward(vector)).toThrow(
      new ShapeError('reshape: [4] does not end with [2]'),
    )
    expect(() => compose()).toThrow(new RangeError('compose: there is nothing to compose'))
    expect(() => affine({ loc: 0, scale: 0 })).toThrow('affine: scale must be finite and not 0, but is 0')
    expect(() => bijection(affine({ loc: [1, 2], scale: 1 })).forward(scalar(1))).toThrow(
      new ShapeError('affine: its parameters do not broadcast into []'),
    )
  })
})

describe('bijectorTo', () => {
  it.each([
    ['Normal', Normal({ loc: 0, scale: 1 })],
    ['Gamma', Gamma({ concentration: 2, rate: 1 })],
    ['Beta', Beta({ alpha: 2, beta: 1 })],
    ['Uniform', Uniform({ low: -3, width: 0.5 })],
    ['Dirichlet', Dirichlet({ concentration: [1, 2, 3] })],
    ['Pareto', Pareto({ scale: 2, alpha: 3 })],
    [
      'TruncatedNormal',
      TruncatedNormal({ loc: 0, scale: 1, low: [-Infinity, -Infinity, 2], high: [-1, Infinity, 5] }),
    ],
    ['GeneralizedPareto', GeneralizedPareto({ loc: [1, 1, 1], scale: 2, concentration: [-0.5, 0.5, 0] })],
    ['VonMises', VonMises({ loc: 0, concentration: 1 })],
    ['RelaxedBernoulli', RelaxedBernoulli({ temperature: 1, probs: 0.5 })],
    ['RelaxedOneHotCategorical', RelaxedOneHotCategorical({ temperature: 1, probs: [0.5, 0.25, 0.25] })],
    [
      'MultivariateNormal',
      MultivariateNormal({
        loc: [0, 0, 0],
        scaleTril: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      }),
    ],
    ['LKJCholesky', LKJCholesky({ dimension: 3, concentration: 1 })],
    [
      'Wishart',
      Wishart({
        df: 3,
        scaleTril: [
          [1, 0],
          [0, 1],
        ],
      }),
    ],
  ] as const)('reaches the support of %s', async (_, { support }) => {
    const t = bijection(bijectorTo(support))
    const x = tensor([-2, 0.1, 1.5]) as Real
    const y = t.forward(x)
    if (support.contains) expect((await numbers(support.contains(y))).every(truth => truth === 1)).toBe(true)
    const back = await numbers(times(t.inverse(y), 1))
    back.forEach((value, i) => expect(value).toBeCloseTo([-2, 0.1, 1.5][i], 4))
  })

  it('does not reach whole numbers, or spheres', () => {
    expect(() => bijectorTo(Poisson({ rate: 1 }).support)).toThrow(
      new RangeError('bijectorTo: nothing maps the line onto natural'),
    )
    expect(() => bijectorTo(VonMisesFisher({ meanDirection: [1, 0], concentration: 1 }).support)).toThrow(
      new RangeError('bijectorTo: nothing maps the line onto unitVector'),
    )
  })
})
