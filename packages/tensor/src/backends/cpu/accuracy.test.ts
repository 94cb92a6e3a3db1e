import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  measured,
  openProbe,
  sweep,
  sweepNormal,
  ulpError,
  type NormalSummary,
  type Probe,
} from '../../../scripts/ulp-sweep.mjs'
import * as special from '../../special/index.js'

// packages/tensor/scripts/ulp-table.mjs measures the same over many more arguments.
const significandsPerExponent = 256

let probe: Probe
beforeAll(() => {
  probe = openProbe()
}, 60_000)

/** The results of a unary kernel at some arguments. */
const results = (name: string, x: readonly number[]): readonly number[] => {
  const [input] = probe.operands
  input.values.fill(0)
  input.values.set(x)
  probe.kernels[name](input.address, probe.result.address, (x.length + 3) & ~3)
  return [...probe.result.values.subarray(0, x.length)]
}

/** The results of a binary kernel at pairs of arguments. */
const pairResults = (name: string, pairs: readonly (readonly [number, number])[]): readonly number[] => {
  const [a, b] = probe.operands
  pairs.forEach(([x, y], i) => {
    a.values[i] = x
    b.values[i] = y
  })
  probe.kernels[name](a.address, b.address, probe.result.address, (pairs.length + 3) & ~3)
  return [...probe.result.values.subarray(0, pairs.length)]
}

describe('the error in units in the last place', () => {
  it('counts the spacing of float32 numbers at the exact value', () => {
    expect(ulpError(1 + 2 ** -23, 1)).toBe(1)
    expect(ulpError(1 - 2 ** -24, 1 - 2 ** -23)).toBe(1)
    expect(ulpError(2 ** -149, 0.25 * 2 ** -149)).toBe(0.75)
    expect(ulpError(Infinity, 2 ** 128 - 2 ** 103)).toBe(0)
    expect(ulpError(Infinity, 2 ** 128 - 2 ** 104)).toBe(1)
  })

  it('takes a wrong NaN, infinity or sign of zero for an infinite error', () => {
    expect([
      ulpError(NaN, 1),
      ulpError(1, NaN),
      ulpError(1, Infinity),
      ulpError(-0, 0),
      ulpError(0, -1e-60),
    ]).toEqual(Array<number>(5).fill(Infinity))
  })
})

describe('elementary functions of the CPU backend', () => {
  it.each(measured(special))(
    'has $label within $promise ulp of double precision',
    fn => {
      const worst = sweep(probe, fn, significandsPerExponent)
      expect(worst.count).toBeGreaterThan(60_000)
      expect(worst.error).toBeLessThanOrEqual(fn.promise)
    },
    30_000,
  )

  it('has the limits of C99 at zeros, infinities and NaN', () => {
    const x = [0, -0, Infinity, -Infinity, NaN]
    expect(results('exp', x)).toEqual([1, 1, Infinity, 0, NaN])
    expect(results('expm1', x)).toEqual([0, -0, Infinity, -1, NaN])
    expect(results('log', x)).toEqual([-Infinity, -Infinity, Infinity, NaN, NaN])
    expect(results('log1p', [...x, -1, -1.5])).toEqual([0, -0, Infinity, NaN, NaN, -Infinity, NaN])
    expect(results('sin', x)).toEqual([0, -0, NaN, NaN, NaN])
    expect(results('cos', x)).toEqual([1, 1, NaN, NaN, NaN])
    expect(results('tanh', x)).toEqual([0, -0, 1, -1, NaN])
    expect(results('erf', x)).toEqual([0, -0, 1, -1, NaN])
    expect(results('erfinv', [...x, 1, -1])).toEqual([0, -0, NaN, NaN, NaN, Infinity, -Infinity])
    expect(results('lgamma', [...x, -1, -2])).toEqual([
      Infinity,
      Infinity,
      Infinity,
      Infinity,
      NaN,
      Infinity,
      Infinity,
    ])
  })

  it('reduces huge angles with all the digits of π', () => {
    const x = [2 ** 100, -(2 ** 127), 3.4028234663852886e38, 16367173]
    const sine = results('sin', x)
    const cosine = results('cos', x)
    // mpmath 1.2.1, 60 digits.
    const exact = [
      [-0.8721836054182673, 0.48917865697472146],
      [-0.6233855129558702, 0.78191463871496],
      [-0.5218765233336585, 0.8530210398303042],
      [0.07914680734231885, -0.9968629709681857],
    ] as const
    exact.forEach(([s, c], i) => {
      expect(ulpError(sine[i], s)).toBeLessThan(4)
      expect(ulpError(cosine[i], c)).toBeLessThan(4)
    })
  })

  it('gives a lane the same bits whatever its neighbours are', () => {
    const x = [0.3, 2, -700000, 0.7]
    for (const name of ['sin', 'cos', 'log', 'log1p', 'erfinv', 'exp', 'tanh', 'erf']) {
      const alone = x.map(value => results(name, [value, value, value, value])[0])
      for (const odd of [NaN, 1e30, 1e-40, -3, 0.9999999]) {
        const mixed = x.map(value => results(name, [odd, value, odd, odd])[1])
        expect(mixed).toEqual(alone)
      }
    }
  })

  it('has the special values of C99 for pow and atan2', () => {
    const { PI } = Math
    const f = Math.fround
    expect(
      pairResults('pow', [
        [NaN, 0],
        [1, NaN],
        [-1, Infinity],
        [-2, 3],
        [-2, 0.5],
        [-0, -3],
        [-0, 3],
        [0.5, -Infinity],
        [-Infinity, -3],
        [-Infinity, 0.5],
        [2, -149],
      ]),
    ).toEqual([1, 1, 1, -8, NaN, -Infinity, -0, Infinity, -0, Infinity, 2 ** -149])
    expect(
      pairResults('atan2', [
        [0, 0],
        [-0, 0],
        [0, -0],
        [-0, -1],
        [1, 0],
        [Infinity, Infinity],
        [-Infinity, -Infinity],
        [1, -Infinity],
        [NaN, 1],
        [1, NaN],
      ]),
    ).toEqual([0, -0, f(PI), -f(PI), f(PI / 2), f(PI / 4), -f((3 * PI) / 4), f(PI), NaN, NaN])
  })

  it('gives remainders the sign of the divisor', () => {
    expect(
      pairResults('mod', [
        [7, -3],
        [-7, 3],
        [6, -3],
        [-5, Infinity],
        [5, Infinity],
        [1, 0],
        [3e38, 7],
        [Infinity, 2],
      ]),
    ).toEqual([-2, 2, -0, Infinity, 5, NaN, special.floorMod(Math.fround(3e38), 7), NaN])
  })
})

describe('normal draws', () => {
  let summary: NormalSummary
  beforeAll(() => {
    summary = sweepNormal(probe, special, 151)
  }, 30_000)

  it('have the bits of the reference, on every 151st of the 2²⁴ words', () => {
    expect(summary.count).toBeGreaterThan(110_000)
    expect(summary.different).toBe(0)
    expect(summary.error).toBeLessThan(4)
  })

  it('have the moments of a standard normal and are symmetric', () => {
    expect(Math.abs(summary.mean)).toBeLessThan(1e-4)
    expect(Math.abs(summary.variance - 1)).toBeLessThan(1e-3)
    expect(Math.abs(summary.kurtosis - 3)).toBeLessThan(1e-2)
    for (const bits of [0, 0x12345600, 0x7fffff00]) {
      expect(special.normalFromBits(~bits >>> 0)).toBe(-special.normalFromBits(bits))
    }
  })
})
