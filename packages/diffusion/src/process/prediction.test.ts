import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { abs, concat, max, type Shape, type Tensor } from '@elbo/tensor'
import { minus, over, plus, times, type Real } from '../arithmetic.js'
import { data, inDoubles, numbers } from '../evaluate.testing.js'
import {
  backward,
  discretise,
  forward,
  fromEstimate,
  levelAt,
  linear,
  posterior,
  preconditioned,
  predictions,
  tensorsOf,
  toEstimate,
  type Family,
  type LevelTensors,
  type Prediction,
} from '../index.js'

const families: readonly Family[] = [
  'variance-preserving',
  'sub-variance-preserving',
  'variance-exploding',
  'rectified-flow',
]
const combinations = families.flatMap(family => predictions.map(prediction => [family, prediction] as const))

const value = fc.double({ min: -5, max: 5, noNaN: true })
const cases = fc.array(fc.tuple(value, value, fc.double({ min: -8, max: 8, noNaN: true })), {
  minLength: 1,
  maxLength: 20,
})

/** A level for each of several, [n]. */
const levelsOf = (family: Family, logSnrs: readonly number[]): LevelTensors<Shape> => {
  const levels = logSnrs.map(logSnr => levelAt(family)(logSnr, 0.5))
  const part = (name: 'time' | 'alpha' | 'sigma' | 'logSnr'): Real =>
    data(
      levels.map(level => level[name]),
      [levels.length],
    )
  return { time: part('time'), alpha: part('alpha'), sigma: part('sigma'), logSnr: part('logSnr') }
}

const furthest = async (pairs: readonly (readonly [Real, Real])[]): Promise<number> => {
  const all = pairs.map(([a, b]) => abs(over(minus(a, b), plus(abs(b), 1))))
  return (await numbers(max()(concat(0)(all as never)), inDoubles))[0]
}

describe.each(combinations)('%s: %s', (family, prediction) => {
  it('comes back from a network’s words', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async all => {
        const part = (i: 0 | 1): Real =>
          data(
            all.map(one => one[i]),
            [all.length],
          )
        const [x, epsilon] = [part(0), part(1)]
        const level = levelsOf(
          family,
          all.map(([, , logSnr]) => logSnr),
        )
        const z = plus(times(level.alpha, x), times(level.sigma, epsilon))
        const said = fromEstimate(family, prediction)({ x, epsilon }, level)
        const found = toEstimate(family, prediction)(z, level, said)
        // What one prediction says, every other says in its own words.
        const words = predictions.map(
          other =>
            [
              fromEstimate(family, other)(found, level),
              fromEstimate(family, other)({ x, epsilon }, level),
            ] as const,
        )
        expect(await furthest([[found.x, x], [found.epsilon, epsilon], ...words])).toBeLessThan(1e-9)
      }),
      { numRuns: 10 },
    )
  })
})

describe('v and velocity', () => {
  const [x, epsilon] = [1.5, -0.25]
  it.each(families.flatMap(family => (['v', 'velocity'] as const).map(p => [family, p] as const)))(
    'of a %s process: %s determines x and ε where there is no noise, and where there is no signal',
    async (family, prediction) => {
      const ends = family === 'variance-exploding' ? [Infinity] : [Infinity, -Infinity]
      for (const logSnr of ends) {
        const level = tensorsOf(levelAt(family)(logSnr, 0))
        const pair = { x: data([x], [1]), epsilon: data([epsilon], [1]) }
        const z = plus(times(pair.x, level.alpha), times(pair.epsilon, level.sigma))
        const said = fromEstimate(family, prediction)(pair, level)
        const found = toEstimate(family, prediction)(z as Tensor<[1]>, level, said)
        expect(await numbers(found.x)).toEqual([x])
        expect(await numbers(found.epsilon)).toEqual([epsilon])
      }
    },
  )

  it('x is not to be had from ε where there is no signal, nor ε from x where there is no noise', async () => {
    const at = (logSnr: number) => tensorsOf(levelAt('variance-preserving')(logSnr, 0))
    const one = data([0.5], [1])
    const finite = async (prediction: Prediction, logSnr: number, part: 'x' | 'epsilon') => {
      const estimate = toEstimate('variance-preserving', prediction)(one, at(logSnr), one)
      return Number.isFinite((await numbers(estimate[part]))[0])
    }
    expect(await finite('epsilon', -Infinity, 'x')).toBe(false)
    expect(await finite('score', -Infinity, 'x')).toBe(false)
    expect(await finite('x', Infinity, 'epsilon')).toBe(false)
    expect(await finite('x', -Infinity, 'epsilon')).toBe(true)
    expect(await finite('epsilon', Infinity, 'x')).toBe(true)
  })

  it.each(families)('the velocity is along the path of a point, as noise grows: %s', async family => {
    for (const logSnr of [-3, 0, 1, 4]) {
      const d = 1e-4
      const [before, after] = [levelAt(family)(logSnr + d, 0), levelAt(family)(logSnr - d, 0)]
      const of = async (x: number, epsilon: number) =>
        (
          await numbers(
            fromEstimate(family, 'velocity')(
              { x: data([x], [1]), epsilon: data([epsilon], [1]) },
              tensorsOf(levelAt(family)(logSnr, 0)),
            ),
          )
        )[0]
      const [alphaRate, sigmaRate] = [await of(1, 0), await of(0, 1)]
      const pace = (after.sigma - before.sigma) / sigmaRate
      expect(pace).toBeGreaterThan(0)
      expect(Math.abs((after.alpha - before.alpha) / pace - alphaRate)).toBeLessThan(1e-5)
    }
  })

  it('is v where variance is preserved, ε where noise explodes, ε − x along a straight line', async () => {
    const pair = { x: data([1.5], [1]), epsilon: data([-0.25], [1]) }
    const said = async (family: Family, prediction: Prediction) =>
      (await numbers(fromEstimate(family, prediction)(pair, tensorsOf(levelAt(family)(0.7, 0)))))[0]
    expect(await said('variance-preserving', 'velocity')).toBe(await said('variance-preserving', 'v'))
    expect(await said('variance-exploding', 'velocity')).toBe(-0.25)
    expect(await said('rectified-flow', 'velocity')).toBe(-1.75)
  })
})

describe('a kernel as a distribution', () => {
  const { levels } = discretise(10)(linear())
  const z = data([0.4, -1, 2], [3, 1])
  const x = data([1, 0, -1], [3, 1])
  it('has its coefficients', async () => {
    const { ofZ, ofX, variance } = posterior(levels[3], levels[7])
    const back = backward(levels[3], levels[7], 1)(z, x)
    expect(back.batchShape).toEqual([3])
    const means = await numbers(back.mean())
    ;[0.4, -1, 2].forEach((at, i) => {
      expect(means[i]).toBeCloseTo(ofZ * at + ofX * [1, 0, -1][i], 6)
    })
    expect((await numbers(back.variance()))[0]).toBeCloseTo(variance, 6)
  })

  it('obeys Bayes’ rule: q(z_s | x) q(z_t | z_s) = q(z_t | x) q(z_s | z_t, x)', async () => {
    const later = data([0.3, 0.1, -0.5], [3, 1])
    const joint = plus(
      forward(levels[0], levels[3], 1)(x).logProb(z),
      forward(levels[3], levels[7], 1)(z).logProb(later),
    )
    const turned = plus(
      forward(levels[0], levels[7], 1)(x).logProb(later),
      backward(levels[3], levels[7], 1)(later, x).logProb(z),
    )
    expect(await furthest([[joint, turned]])).toBeLessThan(1e-6)
  })
})

describe('a network that is preconditioned', () => {
  it.each(families)('is right without a word where the data are normal: %s', async family => {
    // Of x ~ Norm[0, d²]: E[x | z] = α d² z/(α² d² + σ²), which is `skip`.
    const d = 0.7
    const level = levelAt(family)(0.4, 0.5)
    const denoiser = preconditioned(d)<[2]>(z => times(z, 0) as Tensor<[2]>)
    const found = denoiser(data([0.3, -2], [2]), tensorsOf(level))
    const gain = (level.alpha * d * d) / (level.alpha ** 2 * d * d + level.sigma ** 2)
    const xs = await numbers(found.x)
    expect(xs[0]).toBeCloseTo(0.3 * gain, 6)
    expect(xs[1]).toBeCloseTo(-2 * gain, 6)
  })

  it('sees variance 1, and has a target of variance 1, with ε that fits x', async () => {
    const [d, level] = [0.7, levelAt('rectified-flow')(0.4, 0.5)]
    const { alpha, sigma } = level
    const [z, word] = [0.9, 0.6]
    let seen: Real = data([0], [1])
    const denoiser = preconditioned(d)<[1]>(input => {
      seen = input
      return data([word], [1])
    })
    const found = denoiser(data([z], [1]), tensorsOf(level))
    const deviation = Math.sqrt(alpha ** 2 * d * d + sigma ** 2)
    expect((await numbers(seen))[0]).toBeCloseTo(z / deviation, 6)
    const [[x], [epsilon]] = [await numbers(found.x), await numbers(found.epsilon)]
    expect(alpha * x + sigma * epsilon).toBeCloseTo(z, 6)
    // (x − skip·z)/out has variance d² σ²/(α² d² + σ²)/out² = 1.
    const out = (x - (alpha * d * d * z) / deviation ** 2) / word
    expect(out).toBeCloseTo((d * sigma) / deviation, 6)
  })
})
