import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { lengthOf } from '../process/discrete.js'
import { cosine } from '../process/schedules/cosine.js'
import { linear, linearBetas } from '../process/schedules/linear.js'
import { rectifiedFlow } from '../process/schedules/rectified-flow.js'
import { subVariancePreserving } from '../process/schedules/sub-variance-preserving.js'
import { karras, varianceExploding } from '../process/schedules/variance-exploding.js'
import { noiseRatio } from '../sampling/path.js'
import { SamplingError } from '../sampling/sampling-error.js'
import { schedules } from '../sampling/schedules.testing.js'
import { exponential } from './exponential.js'
import { karrasSpacing } from './karras.js'
import { linspace } from './linspace.js'
import { continuousPath, discretePath, type Spacing } from './spacing.js'
import { spacings } from './table.js'
import { trailing } from './trailing.js'

const falls = (values: readonly number[]): boolean =>
  values.every((value, i) => i === 0 || value < values[i - 1])

const rows = Object.entries(spacings) as readonly (readonly [string, Spacing])[]
const inNoise = (name: string): boolean => name === 'karras' || name === 'exponential'

describe.each(rows)('%s', (name, spacing) => {
  it.each(Object.keys(schedules))('picks different levels, falling to the data: %s', schedule => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (length, share) => {
          const process = schedules[schedule](length)
          const count = Math.max(1, Math.round(share * length))
          const path = () => discretePath(spacing, process)(count)
          if (inNoise(name) && process.levels[length].alpha === 0) {
            expect(path).toThrow(SamplingError)
            return
          }
          const visited = path().map(level => process.levels.indexOf(level))
          expect(visited).toHaveLength(count + 1)
          expect(falls(visited)).toBe(true)
          expect(visited[count]).toBe(0)
          expect(path()[count].sigma).toBe(0)
          if (spacing.visits !== 'last' || count === length) expect(visited[0]).toBe(length)
          if (count > 1 && (spacing.visits !== 'first' || count === length))
            expect(visited[count - 1]).toBe(1)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each(
    Object.entries({
      cosine: cosine(),
      linear: linear(),
      subVariancePreserving: subVariancePreserving(),
      varianceExploding: varianceExploding(),
      karras: karras(),
      rectifiedFlow: rectifiedFlow(),
    }),
  )('falls from time to time of a process in continuous time: %s', (_, process) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 80 }),
        fc.double({ min: 0.5, max: 0.99, noNaN: true }),
        fc.double({ min: 1e-3, max: 0.3, noNaN: true }),
        (count, first, last) => {
          const path = continuousPath(spacing, process, { first, last })(count)
          expect(path).toHaveLength(count + 1)
          expect(falls(path.map(({ time }) => time))).toBe(true)
          expect(falls(path.map(({ logSnr }) => -logSnr))).toBe(true)
          expect(path[count]).toEqual({ time: 0, alpha: 1, sigma: 0, logSnr: Infinity })
          if (spacing.visits !== 'last') expect(path[0].time).toBeCloseTo(first, 12)
          if (count > 1 && spacing.visits !== 'first') expect(path[count - 1].time).toBeCloseTo(last, 12)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('has no more steps than levels, and one at least', () => {
    const process = linearBetas(10)
    for (const count of [0, 11, 2.5, NaN])
      expect(() => discretePath(spacing, process)(count)).toThrow(SamplingError)
    for (const count of [0, 2.5])
      expect(() => continuousPath(spacing, linear())(count)).toThrow(SamplingError)
    expect(() => continuousPath(spacing, linear(), { first: 0.1, last: 0.2 })(3)).toThrow(SamplingError)
  })
})

describe('noise is shared out', () => {
  it('in even steps of the ρ-th root', () => {
    // Karras et al. 2022, eq. 5, with their σ from 80 to .002 and ρ = 7, by NumPy.
    const path = continuousPath(karrasSpacing(), varianceExploding({ least: 0.002, most: 80 }), {
      last: 1e-12,
    })(5)
    const expected = [80, 17.52783196, 2.51521898, 0.16975276, 0.002]
    path.slice(0, 5).forEach((level, i) => expect(noiseRatio(level) / expected[i]).toBeCloseTo(1, 6))
    expect(() => karrasSpacing(0)).toThrow(SamplingError)
  })

  it('by one factor', () => {
    const path = continuousPath(exponential, linear())(6)
    const factors = path.slice(1, 6).map((level, i) => noiseRatio(path[i]) / noiseRatio(level))
    factors.forEach(factor => expect(factor / factors[0]).toBeCloseTo(1, 9))
  })
})

const timestepsOf = (spacing: Spacing, length: number, count: number): readonly number[] => {
  const process = linearBetas(length)
  return discretePath(spacing, process)(count).map(level => process.levels.indexOf(level))
}

/** What went wrong elsewhere. Their levels count from 0, ours from 1. */
describe('timesteps', () => {
  it('start where there is most noise, not an interval below (huggingface/diffusers#2585)', () => {
    const expected = [
      999, 979, 958, 938, 917, 897, 877, 856, 836, 816, 795, 775, 754, 734, 714, 693, 673, 652, 632, 612, 591,
      571, 550, 530, 510, 489, 469, 449, 428, 408, 387, 367, 347, 326, 306, 285, 265, 245, 224, 204, 183, 163,
      143, 122, 102, 82, 61, 41, 20, 0,
    ]
    expect(timestepsOf(linspace, 1000, 50)).toEqual([...expected.map(t => t + 1), 0])
    expect(timestepsOf(linspace, 1000, 21)).toHaveLength(22)
  })

  it('end at the data, never at a negative time (huggingface/diffusers#5921)', () => {
    expect(timestepsOf(trailing, 1000, 5)).toEqual([1000, 800, 600, 400, 200, 0])
    for (const spacing of Object.values(spacings)) {
      const path = discretePath(spacing, linearBetas(1000))(5)
      expect(Math.min(...path.map(({ time }) => time))).toBe(0)
    }
  })

  it('never leave the process, though every level is visited (huggingface/diffusers#10003)', () => {
    const every = Array.from({ length: 1001 }, (_, i) => 1000 - i)
    for (const spacing of Object.values(spacings)) expect(timestepsOf(spacing, 1000, 1000)).toEqual(every)
  })

  it('are as many as were asked for, though noise crowds them (huggingface/diffusers#4122)', () => {
    for (const spacing of Object.values(spacings)) {
      const visited = timestepsOf(spacing, 1000, 100)
      expect(new Set(visited).size).toBe(101)
      expect(lengthOf(linearBetas(1000))).toBe(1000)
    }
  })
})
