import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { ndarray, type DType, type NDArray } from '@elbo/tensor'
import { weightsHash } from '../checkpoint/hash.js'
import type { SafetensorsError } from './errors.js'
import { readSafetensors } from './read.js'
import { writeSafetensors } from './write.js'

interface Fixture {
  readonly tensors: Readonly<Record<string, { dtype: DType; shape: number[]; data: number[] }>>
  readonly metadata: Readonly<Record<string, string>>
  readonly file: string
  readonly weightsHash: string
}

const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/safetensors.json', import.meta.url), 'utf8'),
) as Fixture
const bytes = new Uint8Array(Buffer.from(fixture.file, 'base64'))
const tensors = new Map<string, NDArray>(
  Object.entries(fixture.tensors).map(([name, { data, shape, dtype }]) => [
    name,
    ndarray(data, shape, dtype),
  ]),
)

const read = readSafetensors('weights.safetensors')
const errorOf = (content: Uint8Array): SafetensorsError => {
  const result = read(content)
  if (E.isRight(result)) throw new Error('the file was read')
  return result.left
}

/** A file with the given header and so many bytes of data. */
const fileOf = (header: unknown, dataBytes: number): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const file = new Uint8Array(8 + text.length + dataBytes)
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true)
  file.set(text, 8)
  return file
}

describe('a safetensors file made elsewhere', () => {
  it('is read, bit for bit', () => {
    const result = read(bytes)
    if (E.isLeft(result)) throw new Error(result.left.message)
    expect(result.right.metadata).toEqual(fixture.metadata)
    expect(result.right.tensors.size).toBe(tensors.size)
    for (const [name, array] of tensors) expect(result.right.tensors.get(name)).toEqual(array)
    expect(Object.is(result.right.tensors.get('encoder.0.weight')?.data[3], -0)).toBe(true)
  })

  it('is what we write', () => {
    expect(Buffer.from(writeSafetensors({ tensors, metadata: fixture.metadata })).toString('base64')).toBe(
      fixture.file,
    )
  })

  it('is read at an address that is not aligned', () => {
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(read(shifted.subarray(3))).toEqual(read(bytes))
  })
})

describe('weightsHash', () => {
  it('follows its recipe', () => {
    expect(weightsHash(Object.fromEntries(tensors))).toBe(fixture.weightsHash)
  })

  it('tells apart paths, shapes and single bits, and not the order of the keys', () => {
    const a = ndarray([1, 2], [2])
    const hash = weightsHash({ x: { a, b: a } })
    expect(weightsHash({ x: { b: a, a } })).toBe(hash)
    const others = [
      { x: { a, c: a } },
      { x: { a, b: ndarray([1, 2], [1, 2]) } },
      { x: { a, b: ndarray([1, 2 + 2 ** -22], [2]) } },
      { x: { a: ndarray([0], [1]), b: a } },
      { x: { a: ndarray([-0], [1]), b: a } },
    ]
    expect(new Set([hash, ...others.map(weightsHash)]).size).toBe(6)
  })
})

describe('whatever is written', () => {
  const word = fc.nat({ max: 2 ** 32 - 1 })
  const array: fc.Arbitrary<NDArray> = fc
    .tuple(
      fc.constantFrom<DType>('f32', 'i32', 'u32', 'bool'),
      fc.array(fc.nat({ max: 3 }), { maxLength: 3 }),
      fc.infiniteStream(word),
    )
    .map(([dtype, shape, words]) => {
      const size = shape.reduce((product, n) => product * n, 1)
      const drawn = Uint32Array.from({ length: size }, () => words.next().value as number)
      const data = {
        f32: () => new Float32Array(drawn.buffer),
        i32: () => new Int32Array(drawn.buffer),
        u32: () => drawn,
        bool: () => Uint8Array.from(drawn, n => n % 2),
      }[dtype]()
      return { data, shape, dtype }
    })
  const name = fc.string({ unit: 'grapheme' }).filter(text => text !== '__metadata__')
  const files = fc.record({
    tensors: fc.uniqueArray(fc.tuple(name, array), { selector: ([key]) => key }).map(list => new Map(list)),
    metadata: fc.dictionary(fc.string(), fc.string()).map(pairs => ({ ...pairs })),
  })

  it('is read again, NaN payloads included', () => {
    fc.assert(
      fc.property(files, file => {
        const result = read(writeSafetensors(file))
        if (E.isLeft(result)) throw new Error(result.left.message)
        expect(result.right.metadata).toEqual(file.metadata)
        expect([...result.right.tensors.keys()].sort()).toEqual([...file.tensors.keys()].sort())
        for (const [key, { data, dtype, shape }] of file.tensors) {
          const found = result.right.tensors.get(key) as NDArray
          expect([found.dtype, found.shape]).toEqual([dtype, shape])
          expect(Buffer.from(found.data.buffer).equals(Buffer.from(data.buffer))).toBe(true)
        }
      }),
    )
  })

  it('is refused when it is cut short or goes on', () => {
    fc.assert(
      fc.property(files, fc.double({ min: 0, max: 1, maxExcluded: true }), (file, share) => {
        const whole = writeSafetensors(file)
        expect(E.isLeft(read(whole.subarray(0, Math.floor(share * whole.length))))).toBe(true)
        expect(errorOf(Uint8Array.of(...whole, 0))._tag).toBe('BadHeader')
      }),
    )
  })

  it('never makes the reader throw when it is damaged', () => {
    fc.assert(
      fc.property(
        files,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
        (file, damage) => {
          const broken = writeSafetensors(file)
          for (const [at, byte] of damage) broken[at % broken.length] = byte
          expect(['Left', 'Right']).toContain(read(broken)._tag)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('a file that is wrong', () => {
  const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] }
  it.each<[string, Uint8Array, Partial<SafetensorsError>]>([
    ['empty', new Uint8Array(0), { _tag: 'TruncatedFile', expected: 8, found: 0 }],
    ['cut in the header', bytes.subarray(0, 40), { _tag: 'TruncatedFile', found: 40 }],
    [
      'cut in the data',
      bytes.subarray(0, bytes.length - 1),
      { _tag: 'TruncatedFile', expected: bytes.length },
    ],
    ['no JSON', fileOf('{"a', 0), { _tag: 'BadHeader', path: '' }],
    ['a list', fileOf([], 0), { _tag: 'BadHeader', path: '' }],
    ['a missing field', fileOf({ a: { dtype: 'F32', shape: [2] } }, 8), { _tag: 'BadHeader', path: 'a' }],
    ['a negative dimension', fileOf({ a: { ...entry, shape: [-2] } }, 8), { _tag: 'BadHeader', path: 'a' }],
    [
      'a size that is not the shape’s',
      fileOf({ a: { ...entry, shape: [3] } }, 8),
      { _tag: 'BadHeader', path: 'a' },
    ],
    [
      'offsets in the wrong order',
      fileOf({ a: { ...entry, data_offsets: [8, 0] } }, 8),
      { _tag: 'BadHeader', path: 'a' },
    ],
    [
      'an overlap',
      fileOf({ a: entry, b: { ...entry, data_offsets: [4, 12] } }, 12),
      { _tag: 'BadHeader', path: 'b' },
    ],
    [
      'a gap',
      fileOf({ a: entry, b: { ...entry, data_offsets: [12, 20] } }, 20),
      { _tag: 'BadHeader', path: 'b' },
    ],
    [
      'a type that is not read',
      fileOf({ a: { ...entry, dtype: 'C64' } }, 8),
      { _tag: 'UnsupportedType', path: 'a', found: 'C64' },
    ],
    [
      'a name that stands twice',
      fileOf(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\\u0061":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
        8,
      ),
      { _tag: 'BadHeader', path: 'a' },
    ],
    [
      'a field that stands twice',
      fileOf('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"shape":[1]}}', 8),
      { _tag: 'BadHeader', path: 'shape' },
    ],
    ['space before the header', fileOf(' {}', 0), { _tag: 'BadHeader', path: '' }],
    ['a mark of the byte order', fileOf('\ufeff{}', 0), { _tag: 'BadHeader', path: '' }],
    [
      'a shape that nests without end',
      fileOf(
        `{"a":{"dtype":"F32","data_offsets":[0,8],"shape":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
        8,
      ),
      { _tag: 'BadHeader', path: 'a' },
    ],
    [
      'metadata that is not text',
      fileOf({ __metadata__: { a: 1 } }, 0),
      { _tag: 'BadHeader', path: '__metadata__' },
    ],
  ])('%s', (_, content, expected) => {
    const error = errorOf(content)
    expect(error).toMatchObject(expected)
    expect(error.message).toContain('weights.safetensors')
  })

  it('keeps names apart that only look like a prototype', () => {
    const file = fileOf(
      '{"__proto__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"__proto__":"x"}}',
      8,
    )
    const result = read(file)
    expect(E.isRight(result) && [...result.right.tensors.keys()]).toEqual(['__proto__'])
    expect(E.isRight(result) && Object.entries(result.right.metadata)).toEqual([['__proto__', 'x']])
  })

  it('with a header of absurd length is not believed', () => {
    const file = new Uint8Array(16)
    new DataView(file.buffer).setBigUint64(0, 2n ** 63n, true)
    expect(errorOf(file)).toMatchObject({ _tag: 'BadHeader', path: '' })
  })
})
