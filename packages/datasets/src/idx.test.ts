import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { DatasetError } from './errors.js'
import { readIdx, type Idx, type IdxOptions } from './idx.js'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

const typeCodes = { uint8: 8, int8: 9, int16: 11, int32: 12, float32: 13, float64: 14 }

/** The inverse of the reader, for what it accepts. */
const encode = ({ type, shape, data }: Idx): Uint8Array => {
  const payload = Buffer.from(data.buffer.slice(0))
  if (data.BYTES_PER_ELEMENT === 2) payload.swap16()
  if (data.BYTES_PER_ELEMENT === 4) payload.swap32()
  if (data.BYTES_PER_ELEMENT === 8) payload.swap64()
  const lengths = Buffer.alloc(4 * shape.length)
  shape.forEach((length, axis) => lengths.writeUInt32BE(length, 4 * axis))
  return Uint8Array.from(
    Buffer.concat([Uint8Array.of(0, 0, typeCodes[type], shape.length), lengths, payload]),
  )
}

const file = 'probe-idx3-ubyte'
const shape = [4, 5, 7]
const pixels = Uint8Array.from({ length: 140 }, (_, i) => (i * i) % 251)
const original: Idx<'uint8'> = { type: 'uint8', shape, data: pixels }
const plain = encode(original)
const compressed = new Uint8Array(gzipSync(plain))
const sha256 = createHash('sha256').update(plain).digest('hex')

const faultOf = (bytes: Uint8Array, options: Partial<IdxOptions> = {}): DatasetError => {
  const read = readIdx(bytes, { file, ...options })
  if (E.isRight(read)) throw new Error('was read without a fault')
  return read.left
}

const patched = (bytes: Uint8Array, offset: number, ...values: number[]): Uint8Array => {
  const copy = bytes.slice()
  copy.set(values, offset)
  return copy
}

describe('readIdx reads', () => {
  it.each<[string, Idx]>([
    ['0000 0801 00000003 00 7f ff', { type: 'uint8', shape: [3], data: Uint8Array.of(0, 127, 255) }],
    ['0000 0902 00000001 00000003 00 7f ff', { type: 'int8', shape: [1, 3], data: Int8Array.of(0, 127, -1) }],
    ['0000 0b01 00000002 0102 fffe', { type: 'int16', shape: [2], data: Int16Array.of(258, -2) }],
    ['0000 0c01 00000002 00000102 fffffffe', { type: 'int32', shape: [2], data: Int32Array.of(258, -2) }],
    [
      '0000 0d01 00000002 3fc00000 c0490fdb',
      { type: 'float32', shape: [2], data: Float32Array.of(1.5, -Math.PI) },
    ],
    ['0000 0e01 00000001 400921fb54442d18', { type: 'float64', shape: [1], data: Float64Array.of(Math.PI) }],
    ['0000 0800 2a', { type: 'uint8', shape: [], data: Uint8Array.of(42) }],
    ['0000 0802 00000000 ffffffff', { type: 'uint8', shape: [0, 4294967295], data: new Uint8Array(0) }],
  ])('%s', (text, expected) => {
    const bytes = hex(text)
    expect(readIdx(bytes, { file })).toEqual(E.right(expected))
    expect(readIdx(new Uint8Array(gzipSync(bytes)), { file })).toEqual(E.right(expected))
  })

  it('keeps the payload of a NaN', () => {
    const read = readIdx(hex('0000 0d01 00000001 7f812345'), { file, type: 'float32' })
    expect(E.isRight(read) && new Uint32Array(read.right.data.buffer)[0]).toBe(0x7f812345)
  })

  it('gzip with a name, a comment, an extra field and a header check', () => {
    const body = compressed.subarray(10)
    // FLG = FHCRC + FEXTRA + FNAME + FCOMMENT; the CRC-16 below was computed with Python's zlib.crc32.
    const header = hex('1f8b081e 00000000 0003 0300 616263 6e00 6300 e0ad')
    expect(readIdx(Uint8Array.from([...header, ...body]), { file })).toEqual(E.right(original))
  })

  it('a view into a larger buffer, and shares no memory with it', () => {
    for (const bytes of [plain, compressed]) {
      const larger = new Uint8Array(bytes.length + 64)
      larger.set(bytes, 3)
      const read = readIdx(larger.subarray(3, 3 + bytes.length), { file })
      larger.fill(1)
      expect(read).toEqual(E.right(original))
    }
  })

  it('only the content with the expected hash', () => {
    expect(readIdx(plain, { file, sha256 })).toEqual(E.right(original))
    expect(readIdx(compressed, { file, sha256 })).toEqual(E.right(original))
    const found = createHash('sha256')
      .update(patched(plain, 20, 99))
      .digest('hex')
    expect(faultOf(patched(plain, 20, 99), { sha256 })).toMatchObject({
      _tag: 'WrongHash',
      expected: sha256,
      found,
    })
  })
})

describe('readIdx refuses', () => {
  const end = compressed.length
  const gzipOf = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes))
  const withByte = (bytes: Uint8Array) => Uint8Array.from([...bytes, 7])
  const grown = patched(plain, 4, 0, 0, 0, 5)
  const shrunk = patched(plain, 4, 0, 0, 0, 3)
  const html = new TextEncoder().encode('<!doctype html><title>Not here</title>')

  it.each<[string, Uint8Array, Partial<IdxOptions>, object]>([
    ['an empty file', new Uint8Array(0), {}, { _tag: 'TruncatedFile', offset: 0, expected: 4, found: 0 }],
    [
      'half a magic number',
      plain.subarray(0, 2),
      {},
      { _tag: 'TruncatedFile', offset: 2, expected: 4, found: 2 },
    ],
    ['half a header', plain.subarray(0, 9), {}, { _tag: 'TruncatedFile', offset: 9, expected: 16, found: 9 }],
    [
      'a missing last byte',
      plain.subarray(0, 155),
      {},
      { _tag: 'TruncatedFile', offset: 155, expected: 156, found: 155 },
    ],
    ['too large a dimension', grown, {}, { _tag: 'TruncatedFile', offset: 156, expected: 191, found: 156 }],
    [
      'the same in gzip',
      gzipOf(grown),
      {},
      { _tag: 'TruncatedFile', offset: 156, expected: 191, found: 156 },
    ],
    [
      'half a header in gzip',
      gzipOf(plain.subarray(0, 9)),
      {},
      { _tag: 'TruncatedFile', offset: 9, expected: 16, found: 9 },
    ],
    [
      'a surplus byte',
      withByte(plain),
      {},
      { _tag: 'TrailingBytes', part: 'content', offset: 156, expected: 156, found: 157 },
    ],
    [
      'too small a dimension',
      shrunk,
      {},
      { _tag: 'TrailingBytes', part: 'content', offset: 121, expected: 121, found: 156 },
    ],
    [
      'the same in gzip',
      gzipOf(shrunk),
      {},
      { _tag: 'TrailingBytes', part: 'content', offset: 121, expected: 121, found: 156 },
    ],
    [
      'a byte after the gzip stream',
      withByte(compressed),
      {},
      { _tag: 'TrailingBytes', part: 'gzip', offset: end, expected: end, found: end + 1 },
    ],
    [
      'a second gzip stream',
      Uint8Array.from([...compressed, ...compressed]),
      {},
      { _tag: 'TrailingBytes', part: 'gzip', offset: end },
    ],
    [
      'a gzip stream without its last byte',
      compressed.subarray(0, -1),
      {},
      { _tag: 'TruncatedGzip', offset: end - 1 },
    ],
    [
      'a gzip stream without its trailer',
      compressed.subarray(0, -8),
      {},
      { _tag: 'TruncatedGzip', offset: end - 8 },
    ],
    ['half a gzip stream', compressed.subarray(0, 60), {}, { _tag: 'TruncatedGzip', offset: 60 }],
    ['the first byte of gzip', compressed.subarray(0, 1), {}, { _tag: 'TruncatedGzip', offset: 1 }],
    [
      'a bad CRC-32',
      patched(compressed, end - 8, compressed[end - 8] ^ 1),
      {},
      { _tag: 'CorruptGzip', reason: 'incorrect data check' },
    ],
    [
      'a bad length',
      patched(compressed, end - 4, compressed[end - 4] ^ 1),
      {},
      { _tag: 'CorruptGzip', reason: 'incorrect length check' },
    ],
    [
      'a bad block type',
      patched(compressed, 10, 0x07),
      {},
      { _tag: 'CorruptGzip', reason: 'invalid block type' },
    ],
    [
      'an unknown compression',
      patched(compressed, 2, 9),
      {},
      { _tag: 'CorruptGzip', reason: 'unknown compression method' },
    ],
    ['a page of HTML', html, {}, { _tag: 'WrongMagic', offset: 0, expected: '00 00', found: '3c 21' }],
    [
      'an unknown type',
      patched(plain, 2, 0x0a),
      {},
      { _tag: 'WrongType', offset: 2, found: 'the unknown code 0x0a' },
    ],
    [
      'another type',
      plain,
      { type: 'float32' },
      { _tag: 'WrongType', offset: 2, expected: 'float32', found: 'uint8' },
    ],
    [
      'another shape',
      plain,
      { shape: [4, 35] },
      { _tag: 'WrongShape', offset: 4, expected: [4, 35], found: [4, 5, 7] },
    ],
    [
      'more than the limit',
      plain,
      { maxBytes: 139 },
      { _tag: 'SizeOverflow', offset: 4, expected: 139, found: 140 },
    ],
    ['2³² elements', hex('0000 0802 00010000 00010000'), {}, { _tag: 'SizeOverflow', found: 2 ** 32 }],
    [
      'a size past every number',
      Uint8Array.from([0, 0, 14, 255, ...Array<number>(1020).fill(255)]),
      {},
      { _tag: 'SizeOverflow', found: Infinity },
    ],
  ])('%s', (_, bytes, options, fault) => {
    const found = faultOf(bytes, options)
    expect(found).toMatchObject({ file, ...fault })
    expect(found.message).toMatch(/^probe-idx3-ubyte: .+\. .+\.$/)
  })

  it('HTML with a hint at servers that answer anything', () => {
    expect(faultOf(html).message).toContain('page of HTML')
  })
})

/** The bytes of typed arrays and buffers made by `run`, counted as they are made. */
const allocatedBy = (run: () => unknown): number => {
  const names = ['Uint8Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'ArrayBuffer'] as const
  const originals = names.map(name => [name, globalThis[name]] as const)
  let bytes = 0
  for (const [name, constructor] of originals) {
    const size = name === 'ArrayBuffer' ? 1 : globalThis[name].BYTES_PER_ELEMENT
    const counting = new Proxy(constructor, {
      construct: (target, given: unknown[]) => {
        if (typeof given[0] === 'number') bytes += given[0] * size
        return Reflect.construct(target, given) as object
      },
    })
    Object.assign(globalThis, { [name]: counting })
  }
  try {
    run()
  } finally {
    Object.assign(globalThis, Object.fromEntries(originals))
  }
  return bytes
}

/** Inflate's own window and tables, a scratch buffer, headers. */
const overhead = 256 * 1024

describe('memory stays within bounds', () => {
  // 900 × 1000 × 1000 bytes are below the default limit.
  const declaration = [0, 0, 3, 132, 0, 0, 3, 232, 0, 0, 3, 232]
  const lengthOf = (total: number) => [...new Uint8Array(Uint32Array.of(total).buffer)]

  it('counts what is allocated', () => {
    expect(allocatedBy(() => readIdx(plain, { file }))).toBeGreaterThanOrEqual(140)
    expect(allocatedBy(() => new Uint8Array(5_000_000))).toBe(5_000_000)
  })

  it('when a plain file declares more than it has', () => {
    expect(allocatedBy(() => faultOf(patched(plain, 4, ...declaration)))).toBeLessThan(1024)
  })

  it('when a gzip file declares more than it has, and its trailer agrees', () => {
    const lie = new Uint8Array(gzipSync(patched(plain, 4, ...declaration)))
    const agreeing = patched(lie, lie.length - 4, ...lengthOf(900_000_016))
    for (const bytes of [lie, agreeing]) {
      expect(
        allocatedBy(() => expect(['TruncatedFile', 'CorruptGzip']).toContain(faultOf(bytes)._tag)),
      ).toBeLessThan(overhead)
    }
  })

  it('when gzip inflates to far more than is declared, whatever its trailer says', () => {
    const bomb = new Uint8Array(gzipSync(Buffer.concat([plain, Buffer.alloc(50_000_000)])))
    const agreeing = patched(bomb, bomb.length - 4, ...lengthOf(plain.length))
    for (const bytes of [bomb, agreeing]) {
      expect(allocatedBy(() => expect(faultOf(bytes)._tag).toBe('TrailingBytes'))).toBeLessThan(overhead)
    }
  })
})

/** What damage does to a file: bytes changed, removed, inserted, doubled, or the rest cut off. */
const damage = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> => {
  const place = fc.nat({ max: bytes.length - 1 })
  const few = fc.integer({ min: 1, max: 12 })
  const change = fc
    .array(fc.tuple(place, fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 })
    .map(changes => changes.reduce((copy, [at, value]) => patched(copy, at, value), bytes))
  const flip = fc
    .tuple(place, fc.nat({ max: 7 }))
    .map(([at, bit]) => patched(bytes, at, bytes[at] ^ (1 << bit)))
  const cut = place.map(at => bytes.slice(0, at))
  const remove = fc
    .tuple(place, few)
    .map(([at, n]) => Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at + n)]))
  const insert = fc
    .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 12 }))
    .map(([at, more]) => Uint8Array.from([...bytes.slice(0, at), ...more, ...bytes.slice(at)]))
  const double = fc
    .tuple(place, few)
    .map(([at, n]) =>
      Uint8Array.from([...bytes.slice(0, at + n), ...bytes.slice(at, at + n), ...bytes.slice(at + n)]),
    )
  return fc.oneof(change, flip, cut, remove, insert, double)
}

describe('a damaged file gives a fault or the original, and never throws', () => {
  const numRuns = 2_000

  it('as gzip, within memory proportional to the file', () => {
    let faults = 0
    fc.assert(
      fc.property(damage(compressed), bytes => {
        let read: E.Either<DatasetError, Idx> | undefined
        const allocated = allocatedBy(() => (read = readIdx(bytes, { file })))
        expect(allocated).toBeLessThan(overhead + 1032 * bytes.length)
        if (read !== undefined && E.isRight(read)) expect(read.right).toEqual(original)
        else faults += 1
      }),
      { numRuns },
    )
    expect(faults).toBeGreaterThan(numRuns / 2)
  })

  it('as a plain file with a known hash', () => {
    fc.assert(
      fc.property(damage(plain), bytes => {
        const read = readIdx(bytes, { file, sha256 })
        if (E.isRight(read)) expect(read.right).toEqual(original)
      }),
      { numRuns },
    )
  })

  it('as a plain file without one, where what is read encodes to exactly the damaged bytes', () => {
    fc.assert(
      fc.property(damage(plain), bytes => {
        const read = readIdx(bytes, { file })
        if (E.isRight(read)) expect(encode(read.right)).toEqual(bytes)
      }),
      { numRuns },
    )
  })

  it('as bytes that were never a file', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, likeGzip) => {
        const start = likeGzip ? [0x1f, 0x8b, 8] : [0, 0, 8]
        const read = readIdx(Uint8Array.from([...start, ...bytes]), { file })
        if (likeGzip) expect(E.isLeft(read)).toBe(true)
        else if (E.isRight(read)) expect(encode(read.right)).toEqual(Uint8Array.from([...start, ...bytes]))
      }),
      { numRuns },
    )
  })
})
