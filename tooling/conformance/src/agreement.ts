import type { NDArray } from '@elbo/tensor'
import type { Value } from '@elbo/tensor/internals'

/** What the plain meaning says of one output of a case; each part is computed when it is asked for. */
export interface Oracle {
  /** Rounded to f32 after every instruction. */
  readonly single: () => Value
  /** In doubles. */
  readonly double: () => Value
  /** In doubles, on the absolute values of the f32 inputs, 0 for those that are not finite: of a sum, Σ|terms|. */
  readonly magnitude: () => Value
  /** `single` and `double` on inputs whose subnormal numbers read 0, as on devices without them. */
  readonly flushed: { readonly single: () => Value; readonly double: () => Value }
  /** In doubles, on ones in place of the f32 inputs: of a sum, the number of terms. */
  readonly terms: () => Value
}

/** How close a backend must come: what is wrong with an element, or `undefined`. */
export interface Agreement {
  readonly about: string
  check(got: number, at: number, oracle: Oracle): string | undefined
}

const same = (a: number, b: number): boolean => Object.is(a, b) || (Number.isNaN(a) && Number.isNaN(b))
const spell = (x: number): string => (Object.is(x, -0) ? '−0' : String(x))

/** The same bits; NaN is NaN, and −0 is not 0. */
export const exact: Agreement = {
  about: 'the same bits',
  check: (got, at, { single }) => {
    const expected = single().data[at]
    return same(got, expected) ? undefined : `${spell(got)} instead of ${spell(expected)}`
  },
}

const largest = 2 ** 128 - 2 ** 104

/** The distance of two neighbours of f32 at x. */
export const ulpAt = (x: number): number => {
  const size = Math.abs(x)
  if (size >= largest) return 2 ** 104
  return 2 ** Math.max(-149, Math.floor(Math.log2(Math.max(size, 2 ** -149))) - 23)
}

/**
 * Within so many units in the last place of the double-precision value, specials included: NaN, infinities and signed zeros are as the
 * plain meaning has them. Or within `absolute`, where digits cancel.
 */
export const ulps = (units: number, absolute = 0): Agreement => ({
  about: `${units} ulp${absolute > 0 ? ` or ${absolute}` : ''}`,
  check: (got, at, { double }) => {
    const expected = double().data[at]
    if (Number.isNaN(expected) || !Number.isFinite(expected) || expected === 0) {
      return same(got, expected) ? undefined : `${spell(got)} instead of ${spell(expected)}`
    }
    // Beyond the largest number, infinity is the next.
    const value = Number.isFinite(got) ? got : Math.sign(got) * 2 ** 128
    const error = Math.abs(value - expected)
    const within = error <= Math.max(units * ulpAt(expected), absolute)
    return within || (Math.abs(expected) >= 2 ** 128 && same(got, Math.sign(expected) * Infinity))
      ? undefined
      : `${spell(got)} instead of ${expected}, ${(error / ulpAt(expected)).toPrecision(3)} ulp away`
  },
})

const unit = 2 ** -24

/**
 * What any order of summation gives: |error| ≤ (n + 1) u Σ|terms|, u = 2⁻²⁴ (Higham, Accuracy and Stability of Numerical Algorithms,
 * eq. 4.4 and section 3.1), and n underflows. Where a partial sum may overflow, nothing is asked.
 */
export const summation: Agreement = {
  about: 'the bound of any order of summation',
  check: (got, at, oracle) => {
    const { single, double, magnitude, terms } = oracle
    if (single().dtype !== 'f32') return exact.check(got, at, oracle)
    const expected = double().data[at]
    const [size, count] = [magnitude().data[at], terms().data[at]]
    if (size >= largest && !Number.isNaN(expected)) return undefined
    if (!Number.isFinite(expected))
      return same(got, expected) ? undefined : `${spell(got)} instead of ${expected}`
    const bound = (count + 1) * (unit * size + 2 ** -149)
    const error = Math.abs(got - expected)
    return error <= bound
      ? undefined
      : `${spell(got)} instead of ${expected}: off by ${error}, allowed ${bound}`
  },
}

/** Within `relative` of the largest element of the double-precision result: for what many instructions made. */
export const near = (relative: number): Agreement => ({
  about: `${relative} of the largest element`,
  check: (got, at, { double }) => {
    const { data } = double()
    const expected = data[at]
    if (!Number.isFinite(expected))
      return same(got, expected) ? undefined : `${spell(got)} instead of ${expected}`
    let scale = 1e-3
    for (const x of data) if (Number.isFinite(x)) scale = Math.max(scale, Math.abs(x))
    return Math.abs(got - expected) <= relative * scale ? undefined : `${spell(got)} instead of ${expected}`
  },
})

/** What a device may do that the plain meaning does not. */
export interface Tolerance {
  /** So many units in the last place, beside what the row of the primitive admits. */
  readonly ulps: number
  /** Whether subnormal numbers may read 0, as operands and as results: then results may be off by a few of the smallest normal number. */
  readonly flushes: boolean
}

const smallestNormal = 2 ** -126

/** The agreement, or whatever a device of the given tolerance may give in its place. */
export const tolerant = (agreement: Agreement, { ulps: units, flushes }: Tolerance): Agreement => {
  const loose = (got: number, expected: number, terms: number): boolean => {
    if (!Number.isFinite(expected)) return same(got, expected)
    if (Math.abs(expected) >= largest && same(got, Math.sign(expected) * Infinity)) return true
    const underflow = flushes ? (2 + terms) * smallestNormal : 0
    return Math.abs(got - expected) <= units * ulpAt(expected) + underflow
  }
  return {
    about: `${agreement.about}, or ${units} ulp${flushes ? ' where subnormal numbers read 0' : ''}`,
    check: (got, at, oracle) => {
      const wrong = agreement.check(got, at, oracle)
      if (wrong === undefined) return undefined
      const flushed = { ...oracle, ...oracle.flushed }
      if (flushes && agreement.check(got, at, flushed) === undefined) return undefined
      if (oracle.single().dtype !== 'f32') return wrong
      const terms = Math.abs(oracle.terms().data[at])
      const candidates = flushes ? [oracle, flushed] : [oracle]
      return candidates.some(({ double }) => loose(got, double().data[at], terms)) ? undefined : wrong
    },
  }
}

/** The elements of an output that disagree, in words; at most a few. */
export const disagreements = (got: NDArray, agreement: Agreement, oracle: Oracle): readonly string[] => {
  const { shape, dtype } = oracle.single()
  if (
    got.dtype !== dtype ||
    got.shape.join() !== shape.join() ||
    got.data.length !== oracle.single().data.length
  ) {
    return [
      `${got.dtype}[${got.shape.join(', ')}] of ${got.data.length} elements instead of ${dtype}[${shape.join(', ')}]`,
    ]
  }
  const found: string[] = []
  for (let at = 0; at < got.data.length && found.length < 4; at++) {
    const wrong = agreement.check(got.data[at], at, oracle)
    if (wrong !== undefined) found.push(`element ${at}: ${wrong}`)
  }
  return found
}
