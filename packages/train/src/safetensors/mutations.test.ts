import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it, jest } from '@jest/globals'
import * as E from 'fp-ts/lib/Either.js'
import { ndarray, threefry2x32 } from '@elbo/tensor'
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint.js'
import type { CheckpointError } from '../checkpoint/errors.js'
import { readSafetensors } from './read.js'
import type { ReadSafetensors } from './types.js'

jest.setTimeout(120_000)

const files = 10_000

/** Integers below a bound, one after the other, the same in every run of these tests. */
const drawing = (stream: number) => {
  let drawn = 0
  return (bound: number): number => threefry2x32([stream, 6], [drawn++, 0])[0] % bound
}
type Draw = ReturnType<typeof drawing>

const fixtureFile = (name: string): Uint8Array => {
  const { file } = JSON.parse(
    readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8'),
  ) as { readonly file: string }
  return new Uint8Array(Buffer.from(file, 'base64'))
}

const ramp = (length: number): readonly number[] => Array.from({ length }, (_, i) => i / 7)

/** The files that are mutated: two made elsewhere, and a checkpoint. */
const originals: readonly Uint8Array[] = [
  fixtureFile('safetensors'),
  fixtureFile('element-types'),
  encodeCheckpoint({
    state: {
      parameters: { weight: ndarray(ramp(600), [20, 30]), bias: [ndarray(ramp(30), [30]), ndarray([1], [])] },
      key: ndarray([1, 2], [2], 'u32'),
    },
    cursor: { epoch: 1, batch: 2 },
    progress: { sums: { loss: 3 }, seconds: 4 },
    about: { model: 'linear' },
  }),
]

const headerLength = (file: Uint8Array): number => Number(new DataView(file.buffer).getBigUint64(0, true))
const headerText = (file: Uint8Array): string =>
  Buffer.from(file.buffer, 8, headerLength(file)).toString('utf8')
const dataOf = (file: Uint8Array): Uint8Array => file.subarray(8 + headerLength(file))

/** A file with another header, whose length is told truly. */
const withHeader = (file: Uint8Array, text: string): Uint8Array => {
  const header = Buffer.from(text)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return new Uint8Array(Buffer.concat([length, header, dataOf(file)]))
}

type Entry = Record<string, unknown>
type Header = Record<string, Entry>

/** A file with the header as a record changed in place. */
const edited =
  (change: (header: Header, draw: Draw) => void) =>
  (file: Uint8Array, draw: Draw): Uint8Array => {
    const header = JSON.parse(headerText(file)) as Header
    change(header, draw)
    return withHeader(file, JSON.stringify(header))
  }

const anEntry = (header: Header, draw: Draw): Entry => {
  const names = Object.keys(header).filter(name => name !== '__metadata__')
  return header[names[draw(names.length)]]
}

/** Numbers that no length, offset or dimension should be believed to be, and some that it might be. */
const numbers = [
  ...[0, 1, 2, 3, 4, 8, 24, 100, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64],
  ...[1e300, -1, -8, 0.5, 1.0000001, null, '8', true, [], {}],
]
const aNumber = (draw: Draw): unknown => numbers[draw(numbers.length)]

const types = ['F64', 'F32', 'F16', 'BF16', 'I64', 'I32', 'I16', 'I8', 'U64', 'U32', 'U16', 'U8', 'BOOL']
const names = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  '0',
  '\ud800',
  'a'.repeat(5000),
  '__metadata__',
]

const nested = (depth: number, [open, close]: readonly [string, string]): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`

/** Everything that is done to a file, each by its name. */
const mutations: Readonly<Record<string, (file: Uint8Array, draw: Draw) => Uint8Array>> = {
  'bits flipped': (file, draw) => {
    for (let n = draw(8); n >= 0; n--) file[draw(file.length)] ^= 1 << draw(8)
    return file
  },
  'bits of the header flipped': (file, draw) => {
    const end = 8 + headerLength(file)
    for (let n = draw(4); n >= 0; n--) file[draw(end)] ^= 1 << draw(8)
    return file
  },
  'bytes of the header replaced': (file, draw) => {
    const end = headerLength(file)
    const marks = '{}[]",:0123456789-eE.\\ \0'
    for (let n = draw(3); n >= 0; n--) file[8 + draw(end)] = marks.charCodeAt(draw(marks.length))
    return file
  },
  'cut short': (file, draw) => file.slice(0, draw(file.length)),
  'going on': (file, draw) => new Uint8Array(Buffer.concat([file, new Uint8Array(1 + draw(64))])),
  'a piece taken out': (file, draw) => {
    const at = draw(file.length)
    return new Uint8Array(Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + draw(32))]))
  },
  'a piece put in twice': (file, draw) => {
    const at = draw(file.length)
    return new Uint8Array(Buffer.concat([file.subarray(0, at + draw(32)), file.subarray(at)]))
  },
  'another length of the header': (file, draw) => {
    const lengths = [
      0n,
      1n,
      2n ** 16n,
      100_000_000n,
      100_000_001n,
      2n ** 32n,
      2n ** 53n,
      2n ** 63n,
      2n ** 64n - 1n,
    ]
    const near = BigInt(headerLength(file) + draw(65) - 32)
    new DataView(file.buffer).setBigUint64(0, draw(2) === 0 ? near : lengths[draw(lengths.length)], true)
    return file
  },
  'another offset': edited((header, draw) => {
    ;(anEntry(header, draw)['data_offsets'] as unknown[])[draw(3)] = aNumber(draw)
  }),
  'offsets of another tensor': edited((header, draw) => {
    anEntry(header, draw)['data_offsets'] = anEntry(header, draw)['data_offsets']
  }),
  'offsets moved': edited((header, draw) => {
    const by = draw(17) - 8
    const entry = anEntry(header, draw)
    entry['data_offsets'] = (entry['data_offsets'] as number[]).map(offset => offset + by)
  }),
  'another dimension': edited((header, draw) => {
    const shape = anEntry(header, draw)['shape'] as unknown[]
    shape[draw(shape.length + 1)] = aNumber(draw)
  }),
  'dimensions without end': edited((header, draw) => {
    anEntry(header, draw)['shape'] = Array.from({ length: 1 + draw(5000) }, () => numbers[draw(14)])
  }),
  'another type': edited((header, draw) => {
    anEntry(header, draw)['dtype'] = draw(4) === 0 ? aNumber(draw) : types[draw(types.length)]
  }),
  'a field taken out': edited((header, draw) => {
    Reflect.deleteProperty(anEntry(header, draw), ['dtype', 'shape', 'data_offsets'][draw(3)])
  }),
  'a field too many': edited((header, draw) => {
    anEntry(header, draw)[names[draw(names.length)]] = aNumber(draw)
  }),
  'something else for an entry': edited((header, draw) => {
    header[Object.keys(header)[draw(Object.keys(header).length)]] = aNumber(draw) as Entry
  }),
  'a tensor taken out': edited((header, draw) => {
    Reflect.deleteProperty(header, Object.keys(header)[draw(Object.keys(header).length)])
  }),
  'other metadata': edited((header, draw) => {
    header['__metadata__'] = { ...header['__metadata__'], [names[draw(names.length)]]: aNumber(draw) }
  }),
  'another name': (file, draw) => {
    const text = headerText(file)
    const found = [...text.matchAll(/"([^"\\]*)":/g)]
    const { index, 0: key } = found[draw(found.length)]
    const name = JSON.stringify(names[draw(names.length)])
    return withHeader(file, `${text.slice(0, index)}${name}:${text.slice(index + key.length)}`)
  },
  'a name that stands twice': (file, draw) => {
    const text = headerText(file)
    const found = [...text.matchAll(/"[^"\\]*":/g)].map(([key]) => key)
    const at = draw(2) === 0 ? text.indexOf('{') : text.lastIndexOf('{')
    return withHeader(
      file,
      `${text.slice(0, at + 1)}${found[draw(found.length)]}${draw(9)},${text.slice(at + 1)}`,
    )
  },
  'nesting without end': (file, draw) => {
    const text = headerText(file)
    const value = nested(1 + draw(30_000), draw(2) === 0 ? ['[', ']'] : ['{"a":', '}'])
    const colons = [...text.matchAll(/:/g)].map(({ index }) => index)
    const at = colons[draw(colons.length)] + 1
    const whole = draw(3) === 0
    return withHeader(file, whole ? value : `${text.slice(0, at)}${value}${text.slice(at)}`)
  },
}
const kinds = Object.keys(mutations)

/**
 * What the bytes hold, told a second time and more plainly: the header by `JSON.parse` alone, each tensor as the bytes between its offsets.
 * A file that was read at all must have been read so.
 */
const expectReadTruly = ({ tensors, metadata, convertedFrom }: ReadSafetensors, file: Uint8Array): void => {
  const { __metadata__: pairs = {}, ...entries } = JSON.parse(headerText(file)) as Header
  expect(Object.entries(metadata)).toEqual(Object.entries(pairs))
  expect([...tensors.keys()].sort()).toEqual(Object.keys(entries).sort())
  const data = dataOf(file)
  let bytes = 0
  for (const [name, { shape, data_offsets: offsets }] of Object.entries(entries)) {
    const [start, end] = offsets as [number, number]
    const found = tensors.get(name)
    bytes += end - start
    expect(found?.shape).toEqual(shape)
    expect(found?.data.length).toBe((shape as number[]).reduce((product, n) => product * n, 1))
    if (!convertedFrom.has(name) && found !== undefined)
      expect(Buffer.compare(Buffer.from(found.data.buffer), data.subarray(start, end))).toBe(0)
  }
  expect(bytes).toBe(data.length)
}

const faults: readonly CheckpointError['_tag'][] = [
  ...(['TruncatedFile', 'BadHeader', 'UnsupportedType', 'UnheldElement', 'BadMetadata'] as const),
]

const expectClear = ({ _tag, file, message }: CheckpointError): void => {
  expect(faults).toContain(_tag)
  expect(file).toBe('some.safetensors')
  expect(message.startsWith('some.safetensors')).toBe(true)
  expect(message.length).toBeLessThan(700)
}

/** The bytes of array buffers that reading takes, and its milliseconds. */
const measured = (file: Uint8Array) => {
  const before = process.memoryUsage().arrayBuffers
  const start = process.cpuUsage()
  const result = readSafetensors('some.safetensors')(file)
  const { user, system } = process.cpuUsage(start)
  return { result, taken: process.memoryUsage().arrayBuffers - before, milliseconds: (user + system) / 1000 }
}

describe(`${files} damaged files`, () => {
  let reads: readonly (ReturnType<typeof measured> & { readonly file: Uint8Array })[]
  beforeAll(() => {
    reads = Array.from({ length: files }, (_, n) => {
      const draw = drawing(n)
      const mutation = mutations[kinds[n % kinds.length]]
      const file = mutation(originals[draw(originals.length)].slice(), draw)
      return { file, ...measured(file) }
    })
  })

  it('are each read truly, or refused clearly', () => {
    for (const { result, file } of reads) {
      if (E.isRight(result)) expectReadTruly(result.right, file)
      else expectClear(result.left)
    }
  })

  it('are no checkpoints that make the reader throw', () => {
    for (const { file, result } of reads) {
      const checkpoint = decodeCheckpoint('some.safetensors')(file)
      if (E.isLeft(result)) expect(checkpoint).toEqual(result)
      else if (E.isLeft(checkpoint)) expectClear(checkpoint.left)
    }
  })

  it('take no more memory than the size of the file, or five times as much where bytes become words', () => {
    for (const { file, result, taken } of reads) {
      const widened = E.isLeft(result)
        ? result.left._tag === 'UnheldElement'
        : result.right.convertedFrom.size > 0
      expect(taken).toBeLessThanOrEqual((widened ? 5 : 1) * file.length)
    }
  })

  it('take less than half a second of the processor each', () => {
    expect(Math.max(...reads.map(({ milliseconds }) => milliseconds))).toBeLessThan(500)
  })
})

describe('the measure of memory', () => {
  it('sees the tensors of a file', () => {
    const { taken } = measured(originals[2])
    expect(taken).toBeGreaterThanOrEqual(4 * 600)
  })
})
