import { describe, expect, it } from '@jest/globals'
import {
  add,
  cast,
  constant,
  exp,
  key,
  ndarray,
  scalar,
  stack,
  sum,
  tensor,
  vjp,
  type AnyTensor,
  type Shape,
} from '@elbo/tensor'
import { minus, over, times, type Real } from '../arithmetic.js'
import { inside, type Dynamic } from '../distribution.js'
import { inDoubles, numbers, onReference } from './evaluate.testing.js'
import { fixturesOf, type Fixture, type LawName, type Row, type Written } from './table.testing.js'

/** The number of draws of a law about samplers, and the key they come from. */
const draws = 100_000
const seed = key(20_240_607)

const value = (x: Written): readonly number[] => (Array.isArray(x) ? x : [x]).map(Number)

/**
 * Relative error; infinities and NaN have to be the same. `floor` is the size below which the error is absolute: 1 for a logarithm, whose
 * absolute error is the relative one of the density.
 */
export const expectClose = (
  found: readonly number[],
  expected: readonly number[],
  floor: number,
  tolerance: number | ((i: number) => number) = 1e-5,
): void => {
  expect(found).toHaveLength(expected.length)
  found.forEach((x, i) => {
    const y = expected[i]
    const error = Object.is(x, y) || x === y ? 0 : Math.abs(x - y) / Math.max(Math.abs(y), floor)
    if (error !== 0 && !(error <= (typeof tolerance === 'number' ? tolerance : tolerance(i))))
      throw new Error(`value ${i} is ${x}, not ${y}: off by ${error}`)
  })
}

export const lifted = (parameters: Fixture['parameters']): Readonly<Record<string, Real>> =>
  Object.fromEntries(Object.entries(parameters).map(([name, given]) => [name, tensor(given) as Real]))

const data = (values: readonly number[], shape: Shape, { dtype }: Dynamic): Real =>
  constant(ndarray(values, shape, dtype)) as AnyTensor as Real

/** The x of a fixture's points as one tensor, a first axis of points. */
const observed = ({ points }: Fixture, d: Dynamic): Real =>
  data(
    points.flatMap(([x]) => x),
    [points.length, ...d.eventShape],
    d,
  )

type Law = (row: Row, fixture: Fixture, d: Dynamic) => Promise<void>

/** A law, and whether it speaks about a distribution at all. */
interface Statement {
  readonly applies: (d: Dynamic, row: Row) => boolean
  readonly holds: Law
}

const always = (): boolean => true

const momentNames = ['mean', 'variance', 'mode', 'entropy'] as const

/**
 * Kolmogorov and Smirnov's distance between draws, given as their F(x), and the uniform distribution. Draws that single precision cannot tell
 * apart (below the least normal number, say) are one step.
 */
const distance = (levels: readonly number[]): number => {
  const sorted = [...levels].sort((a, b) => a - b)
  return sorted.reduce((far, p, i) => {
    if (p === sorted[i + 1]) return far
    const lower = p === sorted[i - 1] ? 0 : p - i / sorted.length
    return Math.max(far, lower, Math.abs((i + 1) / sorted.length - p))
  }, 0)
}

/** One sample in ten thousand lies farther, for large n: 2.23/√n. */
const critical = 2.23 / Math.sqrt(draws)

/** χ² of counts, cells of fewer than five pooled, in standard deviations above its mean. */
const excess = (counts: readonly number[], expected: readonly number[]): number => {
  let [chi, cells, pooledCount, pooledExpected] = [0, 0, 0, 0]
  counts.forEach((count, i) => {
    if (expected[i] >= 5) {
      chi += (count - expected[i]) ** 2 / expected[i]
      cells++
    } else {
      pooledCount += count
      pooledExpected += expected[i]
    }
  })
  if (pooledExpected > 0.5) {
    chi += (pooledCount - pooledExpected) ** 2 / pooledExpected
    cells++
  }
  return cells < 2 ? chi : (chi - (cells - 1)) / Math.sqrt(2 * (cells - 1))
}

const drawn = (d: Dynamic, count: number): Real => (d.sample as NonNullable<Dynamic['sample']>)([count])(seed)

const isNumeric = (d: Dynamic): boolean => d.eventShape.length === 0

/** Gauss's rule with three nodes. */
const three = [
  [0.5 - Math.sqrt(0.15), 5 / 18],
  [0.5, 8 / 18],
  [0.5 + Math.sqrt(0.15), 5 / 18],
] as const

/** Central differences in double precision, with one step for each number of each parameter. */
export const differences = async (
  parameters: Readonly<Record<string, Real>>,
  f: (parameters: Readonly<Record<string, Real>>) => Real,
  step: number,
): Promise<Record<string, readonly number[]>> => {
  const found: Record<string, readonly number[]> = {}
  for (const [name, x] of Object.entries(parameters)) {
    const size = x.shape.reduce((a, b) => a * b, 1)
    const values = await numbers(x)
    const slopes = Array.from({ length: size }, (_, at) => {
      const h = step * (Math.abs(values[at]) || 1)
      const shifted = (by: number): Real => {
        const shift = Array.from({ length: size }, (__, i) => (i === at ? by : 0))
        return f({ ...parameters, [name]: add(constant(ndarray(shift, x.shape)))(x) })
      }
      return over(minus(shifted(h), shifted(-h)), times(scalar(h), 2))
    })
    found[name] = await numbers(stack(0)(slopes), inDoubles)
  }
  return found
}

const expectGradient = async (
  parameters: Readonly<Record<string, Real>>,
  f: (parameters: Readonly<Record<string, Real>>) => Real,
  step = 1e-4,
): Promise<void> => {
  const expected = await differences(parameters, f, step)
  const [, back] = vjp(f, parameters)
  const slopes = back(scalar(1))
  for (const [name, slope] of Object.entries(slopes)) {
    const scale = Math.max(...expected[name].map(Math.abs), 1e-3)
    expectClose(await numbers(slope), expected[name], scale, 2e-3)
  }
}

const total = (x: Real): Real => sum()(x)

const statements: Readonly<Record<LawName, Statement>> = {
  'logProb against fixtures': {
    applies: always,
    holds: async (_, fixture, d) =>
      expectClose(
        await numbers(d.logProb(observed(fixture, d))),
        fixture.points.flatMap(([, logProb]) => value(logProb)),
        1,
      ),
  },
  'cdf against fixtures': {
    applies: d => d.cdf !== undefined,
    holds: async (_, fixture, d) =>
      expectClose(
        await numbers((d.cdf as (x: Real) => Real)(observed(fixture, d))),
        fixture.points.flatMap(([, , cdf]) => value(cdf as Written)),
        1e-37,
        // Besides: one rounding of x (by loc, scale or rate) times the condition number x·p(x)/F(x).
        i => {
          const [x, logProb, cdf] = fixture.points[i]
          return 1e-5 + (2 ** -24 * Math.abs(Number(x)) * Math.exp(Number(logProb))) / Number(cdf)
        },
      ),
  },
  'icdf against fixtures': {
    applies: d => d.icdf !== undefined,
    holds: async (_, { inverse = [], mean = 0, variance = 0 }, d) => {
      const p = tensor(inverse.map(([level]) => level)) as Real
      const found = await numbers((d.icdf as (p: Real) => Real)(p))
      const expected = inverse.flatMap(([, x]) => value(x))
      // Where quantiles change sign they are differences of loc and scale.
      const size =
        d.support.bounds?.[0] === -Infinity ? Math.abs(value(mean)[0]) + Math.sqrt(value(variance)[0]) : 1e-37
      expectClose(found, expected, size)
    },
  },
  'moments against fixtures': {
    applies: always,
    holds: async (_, fixture, d) => {
      for (const name of momentNames) {
        const [moment, expected] = [d[name], fixture[name]]
        if (moment === undefined) continue
        expect({ name, isGiven: expected !== undefined }).toEqual({ name, isGiven: true })
        expectClose(await numbers(moment()), value(expected as Written), name === 'entropy' ? 1 : 1e-37)
      }
    },
  },
  'the density sums to 1': {
    applies: isNumeric,
    holds: async (_, fixture, d) => {
      if (d.enumerateSupport !== undefined) {
        const logs = await numbers(d.logProb(d.enumerateSupport()))
        expect(logs.reduce((a, x) => a + Math.exp(x), 0)).toBeCloseTo(1, 5)
        return
      }
      const ends = fixture.points.map(([x]) => x as number).sort((a, b) => a - b)
      const [low, high] = [ends[0], ends[ends.length - 1]]
      const [from, to] = await numbers((d.cdf as (x: Real) => Real)(data([low, high], [2], d)))
      if (d.support.discrete) {
        const values = Array.from({ length: high - low }, (__, i) => low + 1 + i)
        const logs = await numbers(d.logProb(data(values, [values.length], d)))
        expect(logs.reduce((a, x) => a + Math.exp(x), 0)).toBeCloseTo(to - from, 4)
        return
      }
      // Between neighbouring points, on a line on which the density is tame: ln x, ln(x/(1 − x)) or x itself.
      const [before, after] = [
        (d.support.bounds?.[0] ?? -Infinity) === 0,
        (d.support.bounds?.[1] ?? Infinity) === 1,
      ]
      const on = (x: number): number => (before ? (after ? Math.log(x) - Math.log1p(-x) : Math.log(x)) : x)
      const back = (y: number): number => (before ? (after ? 1 / (1 + Math.exp(-y)) : Math.exp(y)) : y)
      const slope = (x: number): number => (before ? (after ? x * (1 - x) : x) : 1)
      const cells = 40
      const nodes = ends.slice(1).flatMap((end, i) => {
        const [left, right] = [on(ends[i]), on(end)]
        const width = (right - left) / cells
        return Array.from({ length: cells }, (__, cell) =>
          three.map(([at, weight]) => {
            const x = Math.fround(back(left + (cell + at) * width))
            return { x, weight: weight * width * slope(x) }
          }),
        ).flat()
      })
      const logs = await numbers(
        d.logProb(
          data(
            nodes.map(({ x }) => x),
            [nodes.length],
            d,
          ),
        ),
      )
      const mass = logs.reduce((a, x, i) => a + nodes[i].weight * Math.exp(x), 0)
      expect(Math.abs(mass - (to - from))).toBeLessThan(2e-4)
    },
  },
  'draws follow the cdf': {
    applies: (d, { projections }) =>
      d.sample !== undefined &&
      (d.cdf !== undefined || projections !== undefined || d.enumerateSupport !== undefined),
    holds: async ({ projections }, _, d) => {
      const x = drawn(d, draws)
      if (projections !== undefined) {
        for (const { of, cdf } of projections(d))
          expect(distance(await numbers(cdf(of(constant(await onArray(x))))))).toBeLessThan(critical)
        return
      }
      if (!d.support.discrete) {
        const cdf = d.cdf as (x: Real) => Real
        expect(distance(await numbers(cdf(constant(await onArray(x)))))).toBeLessThan(critical)
        return
      }
      const found = await numbers(x)
      const [low, high] = found.reduce(([a, b], y) => [Math.min(a, y), Math.max(b, y)], [Infinity, -Infinity])
      const values = Array.from({ length: high - low + 1 }, (__, i) => low + i)
      const counts = values.map(() => 0)
      for (const y of found) counts[y - low]++
      const masses = await numbers(exp(d.logProb(data(values, [values.length], d))))
      const rest = Math.max(0, 1 - masses.reduce((a, b) => a + b, 0))
      expect(
        excess(
          [...counts, 0],
          [...masses, rest].map(p => p * draws),
        ),
      ).toBeLessThan(5)
    },
  },
  'draws have the moments': {
    applies: d => d.sample !== undefined && d.mean !== undefined && d.variance !== undefined,
    holds: async (_, __, d) => {
      const size = d.eventShape.reduce((a, b) => a * b, 1)
      const found = await numbers(drawn(d, draws))
      const [mean, variance] = [
        await numbers((d.mean as () => Real)()),
        await numbers((d.variance as () => Real)()),
      ]
      for (let i = 0; i < size; i++) {
        const own = found.filter((___, at) => at % size === i)
        const average = own.reduce((a, b) => a + b, 0) / draws
        expect(Math.abs(average - mean[i])).toBeLessThan(
          4.5 * Math.sqrt(variance[i] / draws) + 1e-6 * Math.abs(mean[i]),
        )
      }
    },
  },
  'gradient of logProb': {
    applies: always,
    holds: async ({ build, coordinates }, fixture) => {
      const at = {
        ...fixture,
        points: fixture.points.filter(([, logProb]) => value(logProb).every(Number.isFinite)),
      }
      await expectGradient(lifted(fixture.parameters), parameters => {
        const d = inside(build(parameters))
        const x = observed(at, d)
        return over(total(d.logProb(x)), at.points.length)
      })
      const d = inside(build(fixture.parameters))
      if (d.support.discrete) return
      // In the body: at an end, rounding in double precision is larger than any difference.
      const body = {
        ...at,
        points: at.points.filter(([, , cdf = 0.5]) => Number(cdf) > 5e-4 && Number(cdf) < 0.98),
      }
      const free = coordinates ?? ((y: Real): Real => y)
      await expectGradient(
        { x: observed(body, d) },
        ({ x }) => over(total(d.logProb(free(x))), body.points.length),
        1e-6,
      )
    },
  },
  'gradient of draws': {
    applies: d => d.reparameterized && d.icdf !== undefined,
    holds: async ({ build }, fixture) => {
      // At a fixed level of the distribution function a draw is the quantile, whose differences are known.
      const count = 6
      const parameters = lifted(fixture.parameters)
      const d = inside(build(parameters))
      const x = constant(await onArray(drawn(d, count)))
      const level = constant(await onArray((d.cdf as (x: Real) => Real)(x)))
      const [, back] = vjp((p: typeof parameters) => total(drawn(inside(build(p)), count)), parameters)
      const slopes = back(scalar(1))
      const [, through] = vjp(
        (p: typeof parameters) => total((inside(build(p)).icdf as (p: Real) => Real)(level)),
        parameters,
      )
      const expected = await differences(
        parameters,
        p => total((inside(build(p)).icdf as (p: Real) => Real)(level)),
        1e-4,
      )
      for (const [name, slope] of Object.entries(slopes)) {
        const scale = Math.max(Math.abs(expected[name][0]), 1e-3)
        expectClose(await numbers(slope), expected[name], scale, 5e-3)
        expectClose(await numbers(through(scalar(1))[name]), expected[name], scale, 5e-3)
      }
    },
  },
  support: {
    applies: always,
    holds: async (_, __, d) => {
      const { contains } = d.support
      if (contains !== undefined && d.sample !== undefined) {
        const found = await numbers(contains(drawn(d, 10_000)))
        expect(found.every(x => x === 1)).toBe(true)
      }
      if (!isNumeric(d) || d.dtype !== 'f32') return
      expect(await numbers(d.logProb(data([NaN], [1], d)))).toEqual([NaN])
      const bounds = await Promise.all(
        (d.support.bounds ?? []).map(async bound =>
          typeof bound === 'number' ? bound : (await numbers(bound))[0],
        ),
      )
      const outside = [bounds[0] - 0.5, bounds[1] + 0.5].filter(Number.isFinite)
      if (outside.length === 0) return
      const logs = await numbers(d.logProb(data(outside, [outside.length], d)))
      expect(logs.every(x => x === -Infinity)).toBe(true)
      const slope = vjp((x: Real) => total(exp(d.logProb(x))), data(outside, [outside.length], d))[1](
        scalar(1),
      )
      expect((await numbers(slope)).every(x => x === 0)).toBe(true)
    },
  },
  shapes: {
    applies: always,
    holds: async ({ build }, fixture) => {
      for (const batch of [[], [2], [3, 1]]) {
        const parameters = Object.fromEntries(
          Object.entries(lifted(fixture.parameters)).map(([name, x]) => [
            name,
            add(
              constant(
                ndarray(new Float32Array(batch.reduce((a, b) => a * b, 1)), spreadBefore(batch, x.shape)),
              ),
            )(x),
          ]),
        )
        const d = inside(build(parameters))
        const whole = [...batch, ...d.eventShape]
        expect(d.batchShape).toEqual(batch)
        for (const name of ['mean', 'variance', 'mode'] as const)
          if (d[name]) expect(d[name]().shape).toEqual(whole)
        if (d.entropy) expect(d.entropy().shape).toEqual(batch)
        if (d.enumerateSupport) expect(d.enumerateSupport().shape.slice(1)).toEqual(whole)
        for (const sample of [[], [4], [4, 2]]) {
          const x =
            d.sample?.(sample)(seed) ??
            data(new Array<number>(size([...sample, ...whole])).fill(0), [...sample, ...whole], d)
          expect(x.shape).toEqual([...sample, ...whole])
          expect(x.dtype).toBe(d.dtype)
          expect(d.logProb(x).shape).toEqual([...sample, ...batch])
          if (d.cdf) expect(d.cdf(x).shape).toEqual([...sample, ...batch])
          if (d.sample) await numbers(d.logProb(x))
        }
      }
    },
  },
  'draws are the same bits on every backend': {
    applies: d => d.sample !== undefined,
    holds: async (_, __, d) => {
      const x = cast('f32')(drawn(d, 2_000))
      expect(await numbers(x)).toEqual(await numbers(x, onReference))
    },
  },
}

const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1)
const spreadBefore = (batch: Shape, shape: Shape): Shape => [...batch, ...shape.map(() => 1)]
const onArray = async (x: Real) => {
  const found = await numbers(x)
  return ndarray(found, x.shape, x.dtype)
}

/** Every law for every case of every family of a table. */
export const walk = <M extends Readonly<Record<string, Row>>>(fixtures: string, table: M): void => {
  const cases = fixturesOf(fixtures)
  describe.each(Object.entries<Row>(table))('%s', (family, row) => {
    it('has fixtures', () => expect(cases[family]?.length).toBeGreaterThan(0))
    describe.each(
      (cases[family] ?? []).map(fixture => [JSON.stringify(fixture.parameters), fixture] as const),
    )('%s', (_, fixture) => {
      const d = inside(row.build(fixture.parameters))
      for (const [name, { applies, holds }] of Object.entries(statements)) {
        if (applies(d, row) && row.exempt?.[name as LawName] === undefined)
          it(name, () => holds(row, fixture, d))
      }
    })
    it('gives a reason for every exemption', () => {
      for (const reason of Object.values(row.exempt ?? {}))
        expect(reason.split(' ').length).toBeGreaterThan(3)
    })
  })
}
