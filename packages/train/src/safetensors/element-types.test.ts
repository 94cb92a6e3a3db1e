import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import { readSafetensors } from './read.js'
import type { ReadSafetensors } from './types.js'

interface Fixture {
  readonly file: string
  readonly words: Readonly<Record<string, readonly number[]>>
  readonly beyond: readonly { readonly type: string; readonly value: string; readonly file: string }[]
  readonly patterns: Readonly<Record<string, string>>
}
const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/element-types.json', import.meta.url), 'utf8'),
) as Fixture

const read = readSafetensors('weights.safetensors')
const contentOf = (bytes: Uint8Array): ReadSafetensors => {
  const result = read(bytes)
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}
const decoded = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))

/** A file of one tensor. */
const fileOf = (dtype: string, shape: readonly number[], data: Uint8Array): Uint8Array => {
  const header = Buffer.from(JSON.stringify({ a: { dtype, shape, data_offsets: [0, data.length] } }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return new Uint8Array(Buffer.concat([length, header, data]))
}

describe('a tensor whose type is none of ours', () => {
  const { tensors, convertedFrom } = contentOf(decoded(fixture.file))

  it.each([
    ['I8', 'i32'],
    ['I16', 'i32'],
    ['I64', 'i32'],
    ['U8', 'u32'],
    ['U16', 'u32'],
    ['U64', 'u32'],
    ['F64', 'f32'],
  ])('is read: %s as %s', (type, dtype) => {
    const tensor = tensors.get(type)
    expect(tensor?.dtype).toBe(dtype)
    expect(tensor?.shape).toEqual(type === 'F64' ? [2, 4] : [4])
    expect([...new Uint32Array(tensor?.data.buffer as ArrayBuffer)]).toEqual(fixture.words[type])
    expect(convertedFrom.get(type)).toBe(type)
  })

  it.each(['F16', 'BF16'])('is read: all that %s can hold, as f32', type => {
    const patterns = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i)
    const { data } = contentOf(fileOf(type, [256, 256], new Uint8Array(patterns.buffer))).tensors.get(
      'a',
    ) ?? {
      data: new Float32Array(0),
    }
    // Which NaN a NaN becomes is no number's business.
    const words = new Uint32Array(data.buffer.slice(0)).map((word, i) =>
      Number.isNaN(data[i]) ? 0x7fc00000 : word,
    )
    expect(createHash('sha256').update(words).digest('hex')).toBe(fixture.patterns[type])
  })

  it.each(fixture.beyond)(
    'is refused where an element does not fit: $type $value',
    ({ value, type, file }) => {
      const result = read(decoded(file))
      expect(result).toMatchObject(
        E.left({ _tag: 'UnheldElement', file: 'weights.safetensors', path: 'a', index: 1 }),
      )
      if (E.isLeft(result)) {
        expect(result.left.message).toContain(`element 1 of "a" is ${value}`)
        expect(result.left.message).toContain(type)
      }
    },
  )

  it('is refused where a truth value is neither 0 nor 1', () => {
    expect(read(fileOf('BOOL', [3], Uint8Array.of(1, 0, 2)))).toMatchObject(
      E.left({ _tag: 'UnheldElement', index: 2, found: '2' }),
    )
  })

  it.each(['F8_E4M3', 'F8_E5M2', 'C64', 'F4', 'constructor', ''])('is refused as a whole: %p', type => {
    expect(read(fileOf(type, [8], new Uint8Array(8)))).toMatchObject(
      E.left({ _tag: 'UnsupportedType', path: 'a', found: type }),
    )
  })
})
