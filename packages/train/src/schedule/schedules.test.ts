import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { cpu, ndarray, open, run, spec } from '@elbo/tensor'
import * as all from './index.js'
import type { Schedule } from './index.js'

const {
  constantSchedule,
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  followedBy,
  linearSchedule,
  oneCycle,
  polynomialSchedule,
  stepDecay,
  warmUp,
} = all

const { rows } = JSON.parse(
  readFileSync(new URL('../../fixtures/schedules.json', import.meta.url), 'utf8'),
) as { readonly rows: Readonly<Record<string, readonly number[]>> }

const table: Readonly<Record<string, readonly [covers: string, schedule: Schedule]>> = {
  constant: ['constantSchedule', constantSchedule(0.3)],
  step: ['stepDecay', stepDecay({ from: 0.3, factor: 0.6, every: 7 })],
  exponential: ['exponentialDecay', exponentialDecay({ from: 0.3, factor: 0.93 })],
  linear: ['linearSchedule', linearSchedule({ from: 0.3, to: 0.015, steps: 60 })],
  'linear, upwards from zero': ['linearSchedule', linearSchedule({ from: 0, to: 0.3, steps: 33 })],
  polynomial: ['polynomialSchedule', polynomialSchedule({ from: 0.3, to: 0, steps: 80, power: 2.5 })],
  cosine: ['cosineDecay', cosineDecay({ from: 0.3, to: 0.01, steps: 120 })],
  'cosine to zero': ['cosineDecay', cosineDecay({ from: 0.3, steps: 99 })],
  restarts: ['cosineRestarts', cosineRestarts({ from: 0.3, to: 0.001, period: 9 })],
  'restarts, longer and longer': ['cosineRestarts', cosineRestarts({ from: 0.3, period: 5, growth: 3 })],
  'one cycle': ['oneCycle', oneCycle({ peak: 0.3, steps: 101 })],
  'one cycle, another': [
    'oneCycle',
    oneCycle({ peak: 0.3, steps: 120, rising: 0.45, initialDivisor: 5, finalDivisor: 100 }),
  ],
  'warm-up, then cosine': ['warmUp', pipe(cosineDecay({ from: 0.3, steps: 90 }), warmUp(10))],
  'exponential, then steps': [
    'followedBy',
    pipe(
      exponentialDecay({ from: 0.3, factor: 0.9 }),
      followedBy(25, stepDecay({ from: 0.3, factor: 0.5, every: 8 })),
    ),
  ],
}

/** The step is an input, so that the CPU backend computes the schedule, and no pass does so beforehand. */
const valuesAt = async (schedule: Schedule, steps: readonly number[]): Promise<readonly number[]> => {
  const session = await run(
    pipe(
      cpu({ threads: 1 }),
      TE.chain(
        open((_: object, step: Parameters<Schedule>[0]) => [{}, schedule(step)] as const, {
          state: {},
          inputs: spec([], 'f32'),
        }),
      ),
    ),
  )
  const values: number[] = []
  for (const step of steps) values.push((await run(session.step(ndarray([step], [])))).data[0])
  await run(session.dispose)
  return values
}

describe('schedules against PyTorch', () => {
  it('all have their rows, and all rows their schedule', () => {
    expect([...new Set(Object.values(table).map(([covers]) => covers))].toSorted()).toEqual(
      Object.keys(all).toSorted(),
    )
    expect(Object.keys(table).toSorted()).toEqual(Object.keys(rows).toSorted())
  })

  it.each(Object.entries(table))('%s', async (row, [, schedule]) => {
    const found = await valuesAt(schedule, [...rows[row].keys()])
    expect(found).toHaveLength(100)
    rows[row].forEach((value, step) => {
      expect(Math.abs(found[step] - value)).toBeLessThanOrEqual(1e-5 * value)
    })
  })
})

describe('a schedule', () => {
  it('stays where it ended', async () => {
    const ended: readonly (readonly [Schedule, number])[] = [
      [linearSchedule({ from: 0.3, to: 0.1, steps: 5 }), 0.1],
      [polynomialSchedule({ from: 0.3, to: 0.1, steps: 5, power: 2 }), 0.1],
      [cosineDecay({ from: 0.3, to: 0.1, steps: 5 }), 0.1],
      [oneCycle({ peak: 1, steps: 10, initialDivisor: 2, finalDivisor: 5 }), 0.1],
    ]
    for (const [schedule, value] of ended)
      for (const found of await valuesAt(schedule, [10, 11, 1e6, 2 ** 24]))
        expect(found).toBeCloseTo(value, 7)
  })

  it('restarts on the step, however late: periods 5, 15, 45, … begin at 5(3ᵏ − 1)/2', async () => {
    const schedule = cosineRestarts({ from: 1, period: 5, growth: 3 })
    for (let k = 1; k < 14; k++) {
      const begin = (5 * (3 ** k - 1)) / 2
      const [before, at] = await valuesAt(schedule, [begin - 1, begin])
      expect(at).toBe(1)
      expect(before).toBeCloseTo(Math.sin(Math.PI / 2 / (5 * 3 ** (k - 1))) ** 2, 6)
    }
  })

  it('warms up from its first share unless told another', async () => {
    const values = await valuesAt(warmUp(4)(constantSchedule(0.8)), [0, 1, 2, 3, 4, 5])
    ;[0.2, 0.35, 0.5, 0.65, 0.8, 0.8].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 6))
    expect((await valuesAt(warmUp(4, 0)(constantSchedule(0.8)), [0]))[0]).toBe(0)
  })

  it.each<readonly [string, () => unknown]>([
    ['constantSchedule: value NaN', () => constantSchedule(NaN)],
    ['stepDecay: every 0', () => stepDecay({ from: 1, factor: 0.5, every: 0 })],
    ['stepDecay: factor 0', () => stepDecay({ from: 1, factor: 0, every: 1 })],
    ['exponentialDecay: from -1', () => exponentialDecay({ from: -1, factor: 0.5 })],
    ['linearSchedule: steps 1.5', () => linearSchedule({ from: 1, to: 0, steps: 1.5 })],
    ['polynomialSchedule: power 0', () => polynomialSchedule({ from: 1, to: 0, steps: 1, power: 0 })],
    ['cosineDecay: from Infinity', () => cosineDecay({ from: Infinity, steps: 1 })],
    ['cosineRestarts: growth 1.5', () => cosineRestarts({ from: 1, period: 2, growth: 1.5 })],
    ['oneCycle: rising 1', () => oneCycle({ peak: 1, steps: 10, rising: 1 })],
    ['oneCycle: rising 0.1', () => oneCycle({ peak: 1, steps: 10, rising: 0.1 })],
    ['followedBy: steps 0', () => followedBy(0, constantSchedule(1))],
    ['warmUp: from 2', () => warmUp(3, 2)],
  ])('refuses %s', (message, wrong) => {
    expect(wrong).toThrow(new RangeError(`${message} is out of range`))
  })
})
