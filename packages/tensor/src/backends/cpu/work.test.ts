import { describe, expect, it } from '@jest/globals'
import { scan } from '../../primitives/scan.js'
import { tanh } from '../../primitives/transcendental.js'
import type { Program } from '../../program/program.js'
import { f32, programOf } from './comparison.testing.js'
import { shareableNanoseconds } from './work.js'

/** `count` steps, each of one function of `size` numbers. */
const loop = (size: number, count: number): Program =>
  programOf(
    [f32(size), f32(count)],
    (x, steps) => scan(([y]) => ({ carry: [tanh(y)], outputs: [] }), [x], [steps], {}).carry,
  )

describe('work that threads could share', () => {
  it('is none in a loop of small steps, however many', () => {
    expect(shareableNanoseconds(loop(1_000, 100_000))).toBe(0)
  })

  it('is that of each step in a loop of large ones', () => {
    const [few, many] = [10, 1_000].map(count => shareableNanoseconds(loop(100_000, count)))
    expect(few).toBeGreaterThan(10 * 100_000)
    expect(many).toBeCloseTo(100 * few, -3)
  })
})
