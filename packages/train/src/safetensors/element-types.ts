import * as E from 'fp-ts/lib/Either.js'
import type { DType, HostArray } from '@elbo/tensor'

/** An element that its new type cannot hold: its position, and its value as text. */
export interface Unheld {
  readonly index: number
  readonly value: string
}

/** How elements of one type of the format are read. */
export interface StoredType {
  /** Of one element in the file. */
  readonly bytes: number
  /** What it becomes. */
  readonly dtype: DType
  /** Whole elements from their bytes, little-endian, at an aligned address of a buffer of their own. */
  readonly read: (bytes: Uint8Array<ArrayBuffer>) => E.Either<Unheld, HostArray>
}

/** Types whose every value the new type has. */
const exact = (bytes: number, dtype: DType, convert: (buffer: ArrayBuffer) => HostArray): StoredType => ({
  bytes,
  dtype,
  read: ({ buffer }) => E.right(convert(buffer)),
})

/** Each 16-bit pattern as the bits of the float32 of the same value. */
const widened =
  (bits: (half: number) => number) =>
  (buffer: ArrayBuffer): Float32Array => {
    const halves = new Uint16Array(buffer)
    const words = new Uint32Array(halves.length)
    for (let i = 0; i < words.length; i++) words[i] = bits(halves[i])
    return new Float32Array(words.buffer)
  }

/**
 * The bits of a float32 of the same value as an IEEE 754 binary16, whose exponents are biased by 15 in place of 127 and whose mantissa has
 * 10 bits in place of 23.
 */
const halfBits = (half: number): number => {
  const sign = (half & 0x8000) << 16
  const exponent = (half >> 10) & 0x1f
  const mantissa = half & 0x3ff
  if (exponent === 0x1f) return sign | 0x7f800000 | (mantissa << 13)
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (mantissa << 13)
  if (mantissa === 0) return sign
  // Subnormal there, normal here: mantissa · 2⁻²⁴, with its leading bit made implicit.
  const shift = Math.clz32(mantissa) - 21
  return sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13)
}

/** Integers of eight bytes, of which only those that fit in four are read. */
const narrowed = (dtype: 'i32' | 'u32', fits: (low: number, high: number) => boolean): StoredType => ({
  bytes: 8,
  dtype,
  read: ({ buffer }) => {
    const words = new Int32Array(buffer)
    const low = words.filter((_, i) => i % 2 === 0)
    const index = low.findIndex((word, i) => !fits(word, words[2 * i + 1]))
    if (index < 0) return E.right(dtype === 'i32' ? low : new Uint32Array(low.buffer))
    const view = new DataView(buffer, 8 * index)
    const value = dtype === 'i32' ? view.getBigInt64(0, true) : view.getBigUint64(0, true)
    return E.left({ index, value: String(value) })
  },
})

const truthValues: StoredType = {
  bytes: 1,
  dtype: 'bool',
  read: bytes => {
    const index = bytes.findIndex(byte => byte > 1)
    return index < 0 ? E.right(bytes) : E.left({ index, value: String(bytes[index]) })
  },
}

const rounded: StoredType = {
  bytes: 8,
  dtype: 'f32',
  read: ({ buffer }) => {
    const values = new Float64Array(buffer)
    const nearest = new Float32Array(values)
    const index = nearest.findIndex((x, i) => Math.abs(x) === Infinity && Number.isFinite(values[i]))
    return index < 0 ? E.right(nearest) : E.left({ index, value: String(values[index]) })
  },
}

/**
 * The types that are read, by the format's names. Four of them are ours; those of fewer bits keep every value; of those of eight bytes,
 * floats are rounded to the nearest float32, and integers are read where each one fits.
 */
export const storedTypes: ReadonlyMap<string, StoredType> = new Map([
  ['F32', exact(4, 'f32', buffer => new Float32Array(buffer))],
  ['I32', exact(4, 'i32', buffer => new Int32Array(buffer))],
  ['U32', exact(4, 'u32', buffer => new Uint32Array(buffer))],
  ['BOOL', truthValues],
  ['F16', exact(2, 'f32', widened(halfBits))],
  [
    'BF16',
    exact(
      2,
      'f32',
      widened(half => half << 16),
    ),
  ],
  ['I16', exact(2, 'i32', buffer => new Int32Array(new Int16Array(buffer)))],
  ['I8', exact(1, 'i32', buffer => new Int32Array(new Int8Array(buffer)))],
  ['U16', exact(2, 'u32', buffer => new Uint32Array(new Uint16Array(buffer)))],
  ['U8', exact(1, 'u32', buffer => new Uint32Array(new Uint8Array(buffer)))],
  ['F64', rounded],
  ['I64', narrowed('i32', (low, high) => high === low >> 31)],
  ['U64', narrowed('u32', (_, high) => high === 0)],
])
