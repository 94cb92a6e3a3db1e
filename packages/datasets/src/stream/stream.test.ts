import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Cursor } from '../batches.js'
import type { DatasetError } from '../errors.js'
import { openBytes, openIdx, stream, type Records, type StreamedBatch, type StreamPlan } from '../node.js'
import { poolsOf } from './order.js'

const root = mkdtempSync(join(tmpdir(), 'elbo-stream-'))
afterAll(() => {
  rmSync(root, { recursive: true })
})
let folder: string
let made = 0
beforeEach(() => {
  folder = join(root, String(made++))
  mkdirSync(folder)
})

const header = (...shape: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 + 4 * shape.length)
  bytes.set([0, 0, 8, shape.length])
  shape.forEach((length, axis) => bytes.writeUInt32BE(length, 4 + 4 * axis))
  return bytes
}

/** Images of 2 × 2 pixels, each with its number in the first two and the number of its shard in the third. */
const shard = (first: number, count: number, name: number): Buffer =>
  Buffer.concat([
    header(count, 2, 2),
    ...Array.from({ length: count }, (_, i) => Buffer.of((first + i) >> 8, (first + i) & 255, name, 7)),
  ])

const counts = [300, 1, 517]
const total = counts.reduce((sum, count) => sum + count, 0)
const writeShards = (): void => {
  let first = 0
  for (const [i, count] of counts.entries()) {
    writeFileSync(join(folder, `part-${i}.idx`), shard(first, count, i))
    first += count
  }
  writeFileSync(join(folder, 'README'), 'no shard')
}

const right = <A>(result: E.Either<DatasetError, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}
const open = async (ending = '.idx'): Promise<Records> => right(await openIdx(folder, ending)())

const batchesOf = async (
  records: Records,
  plan: StreamPlan,
  cursor?: Cursor,
): Promise<readonly StreamedBatch[]> => {
  const batches: StreamedBatch[] = []
  for await (const batch of stream(records, plan, cursor)) batches.push(right(batch))
  return batches
}
/** The numbers of the images in batches. */
const numbersIn = (batches: readonly StreamedBatch[]): readonly number[] =>
  batches.flatMap(({ data }) =>
    Array.from({ length: data.length / 4 }, (_, i) => 256 * data[4 * i] + data[4 * i + 1]),
  )

const read = async (records: Records, first: number, count: number): Promise<Uint8Array> => {
  const target = new Uint8Array(count * records.shape.reduce((size, n) => size * n, 1))
  right(await records.read(first, count, target)())
  return target
}

const plan: StreamPlan = { key: [3, 4], batchSize: 8, blockLength: 10, poolBlocks: 7 }

describe('the pools of an epoch', () => {
  it('hold each record once, whatever the lengths', () => {
    fc.assert(
      fc.property(
        fc.record({
          count: fc.integer({ min: 1, max: 200 }),
          blockLength: fc.integer({ min: 1, max: 30 }),
          poolBlocks: fc.integer({ min: 1, max: 9 }),
        }),
        fc.nat({ max: 5 }),
        (lengths, epoch) => {
          const records: number[] = []
          for (const { start, blocks, order } of poolsOf({ key: [1, 2], ...lengths }, epoch)) {
            expect(start).toBe(records.length)
            expect(blocks.length).toBeLessThanOrEqual(lengths.poolBlocks)
            const held = blocks.flatMap(({ first, count }) =>
              Array.from({ length: count }, (_, i) => first + i),
            )
            records.push(...Array.from(order(), position => held[position]))
          }
          expect(records.sort((a, b) => a - b)).toEqual(Array.from({ length: lengths.count }, (_, i) => i))
        },
      ),
    )
  })
})

describe('a folder of shards', () => {
  it('is one list of records, in the order of the names', async () => {
    writeShards()
    const records = await open()
    expect([records.count, records.shape]).toEqual([total, [2, 2]])
    expect([...(await read(records, 299, 3))]).toEqual([1, 43, 0, 7, 1, 44, 1, 7, 1, 45, 2, 7])
  })

  it('comes in batches that hold each record once, mixed over all shards, anew in each epoch', async () => {
    writeShards()
    const records = await open()
    const [first, second] = [
      await batchesOf(records, plan),
      await batchesOf(records, plan, { epoch: 1, batch: 0 }),
    ]
    expect(first).toHaveLength(Math.floor(total / 8))
    expect(first.every(({ shape }) => String(shape) === '8,2,2')).toBe(true)
    const [numbers, others] = [numbersIn(first), numbersIn(second)]
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(others).not.toEqual(numbers)
    expect(numbersIn(await batchesOf(records, { ...plan, key: [3, 5] }))).not.toEqual(numbers)
    // As well mixed as a pool of 70 is: the mean of any 200 in a row is that of all, within what chance allows of 20 blocks.
    for (let at = 0; at + 200 <= numbers.length; at += 200) {
      const mean = numbers.slice(at, at + 200).reduce((sum, n) => sum + n, 0) / 200
      expect(Math.abs(mean - total / 2)).toBeLessThan((5 * total) / Math.sqrt(12 * 20))
    }
  })

  it('goes on from any cursor exactly there', async () => {
    writeShards()
    const records = await open()
    const whole = await batchesOf(records, plan)
    for (const at of [1, 8, 9, 50, whole.length - 1]) {
      expect(await batchesOf(records, plan, whole[at - 1].next)).toEqual(whole.slice(at))
    }
    expect(whole.at(-1)?.next).toEqual({ epoch: 1, batch: 0 })
    expect(await batchesOf(records, plan, { epoch: 0, batch: whole.length })).toEqual([])
  })

  it('gives labels in the order of the images', async () => {
    writeShards()
    let first = 0
    for (const [i, count] of counts.entries()) {
      const labels = Buffer.from(Array.from({ length: count }, (_, k) => (first + k) & 255))
      writeFileSync(join(folder, `part-${i}.labels`), Buffer.concat([header(count), labels]))
      first += count
    }
    const images = numbersIn(await batchesOf(await open(), plan))
    const labels = await batchesOf(await open('.labels'), plan)
    expect(labels.flatMap(({ data }) => [...data])).toEqual(images.map(n => n & 255))
    expect(labels[0].shape).toEqual([8])
  })

  it.each<[string, Partial<StreamPlan>, Cursor, string]>([
    [
      'a block of none',
      { blockLength: 0 },
      { epoch: 0, batch: 0 },
      'stream: blockLength is a positive integer, got 0',
    ],
    [
      'a pool of half a block',
      { poolBlocks: 0.5 },
      { epoch: 0, batch: 0 },
      'stream: poolBlocks is a positive integer, got 0.5',
    ],
    [
      'a cursor of another plan',
      {},
      { epoch: 0, batch: 103 },
      'stream: the cursor { epoch: 0, batch: 103 } does not belong to a plan of 102 batches per epoch',
    ],
  ])('is not read by %s', async (_, part, cursor, message) => {
    writeShards()
    const records = await open()
    expect(() => stream(records, { ...plan, ...part }, cursor)).toThrow(new RangeError(message))
  })
})

describe('bad data', () => {
  const shards = (damage: (bytes: Buffer) => Uint8Array) => {
    writeShards()
    const file = join(folder, 'part-2.idx')
    writeFileSync(file, damage(readFileSync(file)))
    return file
  }
  it.each<[string, (bytes: Buffer) => Uint8Array, Partial<DatasetError>]>([
    ['cut in the header', bytes => bytes.subarray(0, 9), { _tag: 'TruncatedFile', offset: 9 }],
    [
      'cut in the data',
      bytes => bytes.subarray(0, 1000),
      { _tag: 'TruncatedFile', offset: 1000, expected: 16 + 4 * 517 },
    ],
    [
      'too long',
      bytes => Buffer.concat([bytes, Buffer.of(1)]),
      { _tag: 'TrailingBytes', offset: 16 + 4 * 517 },
    ],
    [
      'of another shape',
      () => Buffer.concat([header(5, 2, 3), Buffer.alloc(30)]),
      { _tag: 'WrongShape', expected: [5, 2, 2], found: [5, 2, 3] },
    ],
    [
      'of another type',
      bytes => bytes.map((byte, i) => (i === 2 ? 13 : byte)),
      { _tag: 'WrongType', found: 'float32' },
    ],
    ['no IDX', () => Buffer.from('<html>'), { _tag: 'WrongMagic' }],
    ['compressed', bytes => gzipSync(bytes), { _tag: 'ReadFailed' }],
  ])('%s is named by its file and offset', async (_, damage, expected) => {
    const file = shards(damage)
    const result = await openIdx(folder, '.idx')()
    expect(result).toMatchObject(E.left({ ...expected, file }))
    expect(E.isLeft(result) && result.left.message).toContain(file)
  })

  it('that goes away while it is read ends the stream with its file and offset', async () => {
    writeShards()
    const records = await open()
    const file = join(folder, 'part-2.idx')
    truncateSync(file, 16 + 4 * 100)
    const results = []
    for await (const batch of stream(records, plan)) results.push(batch)
    const last = results.at(-1)
    expect(last).toMatchObject(E.left({ _tag: 'TruncatedFile', file }))
    if (last !== undefined && E.isLeft(last) && last.left._tag === 'TruncatedFile')
      expect(last.left.offset).toBeGreaterThanOrEqual(16 + 4 * 100)
    expect(results.slice(0, -1).every(E.isRight)).toBe(true)
  })

  it('is a folder that is not there, has no such file, or no data', async () => {
    expect(await openIdx(join(folder, 'none'), '.idx')()).toMatchObject(E.left({ _tag: 'MissingFolder' }))
    expect(await openIdx(folder, '.idx')()).toMatchObject(
      E.left({ _tag: 'ReadFailed', file: folder, reason: 'no file in it has a name that ends in ".idx"' }),
    )
    writeFileSync(join(folder, 'a.idx'), header(0, 2, 2))
    expect(await openIdx(folder, '.idx')()).toMatchObject(
      E.left({ _tag: 'ReadFailed', file: folder, reason: 'its files hold no data' }),
    )
    mkdirSync(join(folder, 'b.idx'))
    expect(await openIdx(folder, '.idx')()).toMatchObject(
      E.left({ _tag: 'ReadFailed', file: join(folder, 'b.idx'), reason: 'it is not a regular file' }),
    )
  })
})

describe('a folder of texts', () => {
  it('comes as sequences that share their ends, and never reach from one file into the next', async () => {
    writeFileSync(join(folder, 'a.txt'), 'abcdefghij')
    writeFileSync(join(folder, 'b.txt'), 'uvwxyz')
    const opened = right(await openBytes(folder, '.txt', 3)())
    expect([opened.count, opened.shape]).toEqual([4, [4]])
    expect(Buffer.from(await read(opened, 0, 4)).toString()).toBe('abcddefgghijuvwx')
    const batches = await batchesOf(opened, { key: [1, 1], batchSize: 2, blockLength: 1 })
    const texts = batches.flatMap(({ data }) =>
      [0, 4].map(at => Buffer.from(data.subarray(at, at + 4)).toString()),
    )
    expect(texts.sort()).toEqual(['abcd', 'defg', 'ghij', 'uvwx'])
  })

  it('with a text too short is a Left that names it', async () => {
    writeFileSync(join(folder, 'a.txt'), 'abc')
    expect(await openBytes(folder, '.txt', 3)()).toMatchObject(
      E.left({ _tag: 'TruncatedFile', file: join(folder, 'a.txt'), expected: 4, found: 3 }),
    )
  })
})

describe('memory', () => {
  it('is taken for a pool and some batches, however large the files are', async () => {
    const [count, side] = [400_000, 28]
    const size = 16 + count * side * side
    const file = openSync(join(folder, 'large.idx'), 'w')
    writeSync(file, header(count, side, side))
    // The rest of 314 MB is a hole in the file: it reads as zeros.
    ftruncateSync(file, size)
    closeSync(file)
    const records = await open()
    // What is held: when the collector comes by itself is not ours to say.
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const held = (): number => {
      collect()
      return process.memoryUsage().arrayBuffers
    }
    const before = held()
    let [most, all, batches] = [0, 0, 0]
    for await (const batch of stream(records, { key: [1, 2], batchSize: 1000 })) {
      all += right(batch).data.length
      if (batches++ % 10 === 0) most = Math.max(most, held() - before)
    }
    expect(all).toBe(size - 16)
    // A pool is 13 MB, a batch 0.8.
    expect(most).toBeLessThan(size / 10)
  })
})
