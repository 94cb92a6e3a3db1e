import { expect } from '@jest/globals'
import type { Real } from '../arithmetic.js'
import type { Dynamic } from '../distribution.js'
import { numbers } from './evaluate.testing.js'
import { boundsOf, data } from './fixtures.testing.js'
import { isNumeric, type Law } from './law.testing.js'

/** Gauss's rule with three nodes. */
const three = [
  [0.5 - Math.sqrt(0.15), 5 / 18],
  [0.5, 8 / 18],
  [0.5 + Math.sqrt(0.15), 5 / 18],
] as const
/** Cells between neighbouring points of a fixture: the rule is then as good as single precision. */
const cells = 40

/** A map of the support to a line on which the density is tame: ln(x − low), the logit of (x − low)/(high − low), or x itself. */
interface Line {
  readonly on: (x: number) => number
  readonly back: (y: number) => number
  /** dx/dy at x. */
  readonly slope: (x: number) => number
}

const lineOf = ([low, high]: readonly [number, number]): Line => {
  const width = high - low
  if (Number.isFinite(width)) {
    return {
      on: x => Math.log((x - low) / (high - x)),
      back: y => low + width / (1 + Math.exp(-y)),
      slope: x => ((x - low) * (high - x)) / width,
    }
  }
  return Number.isFinite(low)
    ? { on: x => Math.log(x - low), back: y => low + Math.exp(y), slope: x => x - low }
    : { on: x => x, back: y => y, slope: () => 1 }
}

const densities = async (d: Dynamic, at: readonly number[]): Promise<readonly number[]> =>
  (await numbers(d.logProb(data(at, [at.length], d)))).map(Math.exp)

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** The mass that the density has between the outermost points of a fixture, and the distribution function's. */
const masses = async (d: Dynamic, points: readonly number[]): Promise<readonly [number, number]> => {
  const bounds = await boundsOf(d)
  const ends = points
    .filter(x => d.support.discrete || (x > bounds[0] && x < bounds[1]))
    .sort((a, b) => a - b)
  const [low, high] = [ends[0], ends[ends.length - 1]]
  const [from, to] = await numbers((d.cdf as (x: Real) => Real)(data([low, high], [2], d)))
  if (d.support.discrete)
    return [
      sum(
        await densities(
          d,
          Array.from({ length: high - low }, (_, i) => low + 1 + i),
        ),
      ),
      to - from,
    ]
  const { on, back, slope } = lineOf(bounds)
  const nodes = ends.slice(1).flatMap((end, i) => {
    const [left, right] = [on(ends[i]), on(end)]
    const width = (right - left) / cells
    return Array.from({ length: cells }, (_, cell) =>
      three.map(([at, weight]) => {
        const x = Math.fround(back(left + (cell + at) * width))
        return { x, weight: weight * width * slope(x) }
      }),
    ).flat()
  })
  const found = await densities(
    d,
    nodes.map(({ x }) => x),
  )
  return [sum(found.map((p, i) => nodes[i].weight * p)), to - from]
}

/** Errors of single-precision logarithms, of which a mass is summed up. */
const tolerance = 5e-6

export const densitySumsToOne: Law = {
  applies: isNumeric,
  holds: async (_, fixture, d) => {
    if (d.enumerateSupport !== undefined) {
      const whole = sum((await numbers(d.logProb(d.enumerateSupport()))).map(Math.exp))
      expect(Math.abs(whole - 1)).toBeLessThan(tolerance)
      return
    }
    const [found, expected] = await masses(
      d,
      fixture.points.map(([x]) => x as number),
    )
    expect(Math.abs(found - expected)).toBeLessThan(tolerance)
  },
}
