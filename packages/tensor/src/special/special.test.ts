import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  digamma,
  erf,
  erfc,
  erfinv,
  floorMod,
  lgamma,
  polygamma,
  pow,
  roundHalfEven,
  trigamma,
} from './index.js'

type Rows = readonly (readonly [x: number, value: number])[]
const fixtures = JSON.parse(
  readFileSync(new URL('../../fixtures/special-functions.json', import.meta.url), 'utf8'),
) as Record<string, Rows>

/** The argument with the largest error, relative to `scale` of the argument and the value. */
const worst = (
  f: (x: number) => number,
  name: string,
  scale: (x: number, value: number) => number = (_, value) => Math.abs(value),
) =>
  fixtures[name]
    .map(([x, value]) => ({ x, value, error: value === f(x) ? 0 : Math.abs(f(x) - value) / scale(x, value) }))
    .reduce((a, b) => (b.error <= a.error ? a : b))

describe('double-precision special functions against mpmath', () => {
  it('has erf, erfc and erfinv to 1e-14 relative', () => {
    expect(worst(erf, 'erf').error).toBeLessThan(1e-15)
    expect(worst(erfc, 'erfc').error).toBeLessThan(1e-14)
    expect(worst(erfinv, 'erfinv').error).toBeLessThan(1e-14)
  })

  it('has lgamma to 1e-14, relative to log Γ of the size on the negative axis', () => {
    const scale = (x: number, value: number) =>
      x > 0 ? Math.abs(value) : Math.max(1, Math.abs(value), lgamma(-x))
    expect(worst(lgamma, 'lgamma', scale).error).toBeLessThan(1e-14)
  })

  it('has digamma to 1e-14, relative to the reflected terms on the negative axis', () => {
    const scale = (x: number, value: number) =>
      x > 0 ? Math.abs(value) : Math.max(1, Math.abs(value), digamma(1 - x))
    expect(worst(digamma, 'digamma', scale).error).toBeLessThan(1e-14)
  })

  it.each([1, 2, 3, 6])('has polygamma of order %d to 1e-13', n => {
    const scale = (x: number, value: number) => (x > 0 ? Math.abs(value) : Math.max(1, Math.abs(value)))
    expect(worst(x => polygamma(n, x), `polygamma${n}`, scale).error).toBeLessThan(1e-13)
  })
})

describe('limits and poles', () => {
  it('keeps signed zeros and infinities of the error functions', () => {
    expect([erf(0), erf(-0), erf(Infinity), erf(-Infinity), erf(NaN)]).toEqual([0, -0, 1, -1, NaN])
    expect([erfc(Infinity), erfc(-Infinity), erfc(NaN)]).toEqual([0, 2, NaN])
    expect([erfinv(0), erfinv(-0), erfinv(1), erfinv(-1)]).toEqual([0, -0, Infinity, -Infinity])
    expect([erfinv(1.5), erfinv(-2), erfinv(NaN)]).toEqual([NaN, NaN, NaN])
  })

  it('has the poles of log |Γ| at +∞ and the zeros exactly', () => {
    expect([0, -0, -1, -170, Infinity, -Infinity].map(lgamma)).toEqual(Array<number>(6).fill(Infinity))
    expect([lgamma(1), lgamma(2), lgamma(NaN)]).toEqual([0, 0, NaN])
  })

  it('has the poles of the polygamma functions as documented', () => {
    expect([0, -0, -1, -170, Infinity, -Infinity, NaN].map(digamma)).toEqual([
      -Infinity,
      Infinity,
      NaN,
      NaN,
      Infinity,
      NaN,
      NaN,
    ])
    expect([0, -0, -1, Infinity, NaN].map(trigamma)).toEqual([Infinity, Infinity, Infinity, 0, NaN])
    expect([0, -0, -1, NaN].map(x => polygamma(2, x))).toEqual([-Infinity, Infinity, NaN, NaN])
  })
})

describe('functions with the conventions of C99 and Python', () => {
  it('gives pow the special values of C99', () => {
    expect([pow(1, NaN), pow(1, Infinity), pow(-1, -Infinity), pow(NaN, 0)]).toEqual([1, 1, 1, 1])
    expect([pow(-2, 3), pow(-2, 0.5), pow(-0, -3), pow(-0, -2)]).toEqual([-8, NaN, -Infinity, Infinity])
  })

  // Python 3: [x % y for x, y in ...]
  it('gives the remainder the sign of the divisor', () => {
    const cases = [
      [7, 3, 1],
      [-7, 3, 2],
      [7, -3, -2],
      [-7, -3, -1],
      [6, -3, -0],
      [-6, 3, 0],
      [5, Infinity, 5],
      [-5, Infinity, Infinity],
      [1e22, 7, 4],
    ] as const
    expect(cases.map(([x, y]) => floorMod(x, y))).toEqual(cases.map(c => c[2]))
    expect([floorMod(1, 0), floorMod(Infinity, 2)]).toEqual([NaN, NaN])
  })

  it('rounds halves to even', () => {
    const x = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999999999999994, -0, 4503599627370497, Infinity, NaN]
    expect(x.map(roundHalfEven)).toEqual([0, 2, 2, -0, -2, -2, 0, -0, 4503599627370497, Infinity, NaN])
  })
})
