import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as E from 'fp-ts/lib/Either.js'
import { contentOf } from './content.js'
import {
  declaredOverflow,
  wrongHash,
  wrongMagic,
  wrongShape,
  wrongType,
  type DatasetError,
} from './errors.js'

/** The typed array that holds the elements of each IDX type. */
export interface IdxArrays {
  readonly uint8: Uint8Array<ArrayBuffer>
  readonly int8: Int8Array<ArrayBuffer>
  readonly int16: Int16Array<ArrayBuffer>
  readonly int32: Int32Array<ArrayBuffer>
  readonly float32: Float32Array<ArrayBuffer>
  readonly float64: Float64Array<ArrayBuffer>
}

export type IdxType = keyof IdxArrays

interface IdxOf<T extends IdxType> {
  readonly type: T
  /** One length per dimension, the slowest first; empty for a single element. */
  readonly shape: readonly number[]
  /** The elements in row-major order. */
  readonly data: IdxArrays[T]
}

/** An array read from an IDX file; `type` tells which typed array `data` is. */
export type Idx<T extends IdxType = IdxType> = { readonly [K in T]: IdxOf<K> }[T]

export interface IdxOptions<T extends IdxType = IdxType> {
  /** The file's name, path or URL as errors shall give it. */
  readonly file: string
  /** The one element type that is accepted; any when left out. */
  readonly type?: T
  /** The dimensions that are accepted; any when left out. */
  readonly shape?: readonly number[]
  /** The SHA-256 that the whole decompressed content must have, as 64 lower-case hexadecimal digits. */
  readonly sha256?: string
  /** The greatest size of the data in bytes; 1 GiB when left out. */
  readonly maxBytes?: number
}

type Arrange<T extends IdxType> = (bytes: ArrayBuffer) => IdxArrays[T]

const elementTypes: {
  readonly [T in IdxType]: { readonly code: number; readonly size: number; readonly arrange: Arrange<T> }
} = {
  uint8: { code: 0x08, size: 1, arrange: bytes => new Uint8Array(bytes) },
  int8: { code: 0x09, size: 1, arrange: bytes => new Int8Array(bytes) },
  int16: { code: 0x0b, size: 2, arrange: bytes => new Int16Array(bytes) },
  int32: { code: 0x0c, size: 4, arrange: bytes => new Int32Array(bytes) },
  float32: { code: 0x0d, size: 4, arrange: bytes => new Float32Array(bytes) },
  float64: { code: 0x0e, size: 8, arrange: bytes => new Float64Array(bytes) },
}

const typeNames = Object.keys(elementTypes) as IdxType[]
const bigEndianHost = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0

/** IDX stores the most significant byte first. The swap is of bytes, not of numbers, so that the payload of a NaN survives. */
const fromBigEndian = (bytes: Uint8Array, size: number): void => {
  if (size === 1 || bigEndianHost) return
  for (let start = 0; start < bytes.length; start += size) {
    for (let low = start, high = start + size - 1; low < high; low++, high--) {
      const byte = bytes[low]
      bytes[low] = bytes[high]
      bytes[high] = byte
    }
  }
}

const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(' ')

/** The element type that the first four bytes of a file name, if it is the one asked for. */
export const typeIn = <T extends IdxType = IdxType>(
  magic: Uint8Array,
  file: string,
  asked?: T,
): E.Either<DatasetError, T> => {
  if (magic[0] !== 0 || magic[1] !== 0) {
    return E.left(wrongMagic(file, '00 00', hexadecimal(magic.subarray(0, 2))))
  }
  const type = typeNames.find(name => elementTypes[name].code === magic[2])
  const accepted = (name: IdxType | undefined): name is T =>
    name !== undefined && (asked === undefined || name === asked)
  if (accepted(type)) return E.right(type)
  const found = type ?? `the unknown code 0x${hexadecimal(magic.subarray(2, 3))}`
  return E.left(wrongType(file, asked ?? `one of ${typeNames.join(', ')}`, found))
}

const sizeInBytes = (shape: readonly number[], elementSize: number): number =>
  shape.includes(0) ? 0 : shape.reduce((size, length) => size * length, elementSize)

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis])

/**
 * Reads an IDX file (LeCun, "The MNIST database", file formats), plain or compressed as one gzip stream.
 *
 * The header is checked before room is made for the data: the declared size against `maxBytes`, against the length of a plain
 * file, and against the length that a gzip file's trailer announces and its own length allows. So a hostile file costs no
 * more memory than an honest one of the same length, and no more time than inflating what its header declares. The CRC-32 and
 * length of a gzip stream are verified. The result shares no memory with `bytes`.
 */
export const readIdx = <T extends IdxType = IdxType>(
  bytes: Uint8Array,
  options: IdxOptions<T>,
): E.Either<DatasetError, Idx<T>> => {
  const { file, maxBytes = 2 ** 30 } = options
  const content = contentOf(bytes, file)

  const magic = new Uint8Array(4)
  const magicTaken = content.take(magic)
  if (E.isLeft(magicTaken)) return magicTaken
  const typed = typeIn(magic, file, options.type)
  if (E.isLeft(typed)) return typed
  const type = typed.right
  const { size: elementSize, arrange } = elementTypes[type]

  const rank = magic[3]
  const lengths = new Uint8Array(4 * rank)
  const lengthsTaken = content.take(lengths)
  if (E.isLeft(lengthsTaken)) return lengthsTaken
  const view = new DataView(lengths.buffer)
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 * axis))
  if (options.shape !== undefined && !sameShape(shape, options.shape)) {
    return E.left(wrongShape(file, options.shape, shape))
  }

  const size = sizeInBytes(shape, elementSize)
  if (size > maxBytes) return E.left(declaredOverflow(file, maxBytes, size))
  const possible = content.holds(magic.length + lengths.length + size)
  if (E.isLeft(possible)) return possible

  const data = new Uint8Array(size)
  const dataTaken = content.take(data)
  if (E.isLeft(dataTaken)) return dataTaken
  const ended = content.end()
  if (E.isLeft(ended)) return ended

  if (options.sha256 !== undefined) {
    const found = bytesToHex(sha256.create().update(magic).update(lengths).update(data).digest())
    if (found !== options.sha256) return E.left(wrongHash(file, options.sha256, found))
  }
  fromBigEndian(data, elementSize)
  const array: Idx<T> = { type, shape, data: arrange(data.buffer) }
  return E.right(array)
}
