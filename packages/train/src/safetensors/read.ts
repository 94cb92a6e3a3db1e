import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { NDArray } from '@elbo/tensor'
import { reasonOf } from '../decode.js'
import { storedTypes, type StoredType } from './element-types.js'
import { badHeader, truncatedFile, unheldElement, unsupportedType, type SafetensorsError } from './errors.js'
import { repeatedKey } from './repeated-keys.js'
import { lengthBytes, metadataName, typeNames, type ReadSafetensors } from './types.js'

/** The format's own limit to the length of a header. */
const longestHeader = 100_000_000

const natural = t.refinement(t.number, n => Number.isSafeInteger(n) && n >= 0, 'non-negative integer')
const entryCodec = t.type({
  dtype: t.string,
  shape: t.array(natural),
  data_offsets: t.tuple([natural, natural]),
})

interface Entry {
  readonly name: string
  readonly typeName: string
  readonly type: StoredType
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

const headerOf = (
  bytes: Uint8Array,
  file: string,
): E.Either<SafetensorsError, [header: object, dataAt: number]> => {
  if (bytes.length < lengthBytes) return E.left(truncatedFile(file, lengthBytes, bytes.length))
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  if (length > longestHeader) return E.left(badHeader(file, '', `claims to be ${length} bytes long`))
  const dataAt = lengthBytes + Number(length)
  if (bytes.length < dataAt) return E.left(truncatedFile(file, dataAt, bytes.length))
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(lengthBytes, dataAt),
    )
    if (!text.startsWith('{')) return E.left(badHeader(file, '', 'is not a record: it does not begin with {'))
    const header = JSON.parse(text) as object
    const repeated = repeatedKey(text)
    return repeated === undefined
      ? E.right([header, dataAt])
      : E.left(badHeader(file, repeated, 'is not the only one of this name in its record'))
  } catch (cause) {
    return E.left(badHeader(file, '', `is not JSON (${(cause as Error).message})`))
  }
}

const metadataOf = (
  file: string,
  value: unknown,
): E.Either<SafetensorsError, Readonly<Record<string, string>>> => {
  const wrong = (reason: string) => E.left(badHeader(file, metadataName, `is wrong: ${reason}`))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('it is not a record')
  const other = Object.entries(value).find(([, text]) => typeof text !== 'string')
  return other === undefined
    ? E.right(value as Readonly<Record<string, string>>)
    : wrong(`${other[0]} is not a string`)
}

const entryOf = (file: string, name: string, value: unknown): E.Either<SafetensorsError, Entry> => {
  const decoded = entryCodec.decode(value)
  if (E.isLeft(decoded)) return E.left(badHeader(file, name, `is wrong: ${reasonOf(decoded.left)}`))
  const { shape, dtype: typeName, data_offsets: offsets } = decoded.right
  const type = storedTypes.get(typeName)
  if (type === undefined) return E.left(unsupportedType(file, name, typeName))
  const [start, end] = offsets
  const size = shape.reduce((product, n) => product * n, type.bytes)
  return end - start === size
    ? E.right({ name, typeName, type, shape, start, end })
    : E.left(
        badHeader(
          file,
          name,
          `gives ${end - start} bytes to ${typeName}[${shape.join(', ')}], which takes ${size}`,
        ),
      )
}

/** The entries in the order of their data, which they cover without gaps or overlaps, up to the end of the file. */
const inOrder = (
  file: string,
  entries: readonly Entry[],
  dataAt: number,
  fileLength: number,
): E.Either<SafetensorsError, readonly Entry[]> => {
  const sorted = [...entries].sort((a, b) => a.start - b.start || a.end - b.end)
  let covered = 0
  for (const { name, start, end } of sorted) {
    if (start !== covered)
      return E.left(badHeader(file, name, `starts at byte ${start} of the data, not at ${covered}`))
    covered = end
  }
  const length = dataAt + covered
  if (fileLength < length) return E.left(truncatedFile(file, length, fileLength))
  return fileLength > length
    ? E.left(badHeader(file, '', `describes ${length} bytes, the file has ${fileLength}`))
    : E.right(sorted)
}

/**
 * Reads a safetensors file that nobody vouches for: every length and offset is checked before it is used, the data must be covered without
 * gaps or overlaps, and nothing is left over. Memory is taken for what the file really holds: as much as the tensors need here, which is
 * their size in the file, unless elements of one or two bytes become four. `file` is what errors call it.
 *
 * Types that are none of ours are converted: F16, BF16 and F64 become f32 (F64 rounded to the nearest), I8, I16 and I64 become i32, U8, U16
 * and U64 become u32; `convertedFrom` tells which. An element that does not fit is a Left, and so is a tensor of any other type.
 */
export const readSafetensors =
  (file: string) =>
  (bytes: Uint8Array): E.Either<SafetensorsError, ReadSafetensors> => {
    const opened = headerOf(bytes, file)
    if (E.isLeft(opened)) return opened
    const [header, dataAt] = opened.right
    const entries: Entry[] = []
    let metadata: Readonly<Record<string, string>> = {}
    for (const [name, value] of Object.entries(header)) {
      if (name === metadataName) {
        const decoded = metadataOf(file, value)
        if (E.isLeft(decoded)) return decoded
        metadata = decoded.right
        continue
      }
      const entry = entryOf(file, name, value)
      if (E.isLeft(entry)) return entry
      entries.push(entry.right)
    }
    const sorted = inOrder(file, entries, dataAt, bytes.length)
    if (E.isLeft(sorted)) return sorted
    const tensors = new Map<string, NDArray>()
    const convertedFrom = new Map<string, string>()
    for (const { name, typeName, type, shape, start, end } of sorted.right) {
      // A copy starts at an aligned address, wherever the bytes lay in the file.
      const data = type.read(new Uint8Array(bytes.subarray(dataAt + start, dataAt + end)))
      if (E.isLeft(data)) return E.left(unheldElement(file, name, typeName, type.dtype, data.left))
      tensors.set(name, { dtype: type.dtype, shape, data: data.right })
      if (typeNames[type.dtype] !== typeName) convertedFrom.set(name, typeName)
    }
    return E.right({ tensors, metadata, convertedFrom })
  }
