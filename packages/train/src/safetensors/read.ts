import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { DType, HostArray, NDArray } from '@elbo/tensor'
import { reasonOf } from '../decode.js'
import { badHeader, truncatedFile, unsupportedType, type SafetensorsError } from './errors.js'
import { elementBytes, lengthBytes, metadataName, typeNames, type Safetensors } from './types.js'

/** The format's own limit to the length of a header. */
const longestHeader = 100_000_000

const natural = t.refinement(t.number, n => Number.isSafeInteger(n) && n >= 0, 'non-negative integer')
const entryCodec = t.type({
  dtype: t.string,
  shape: t.array(natural),
  data_offsets: t.tuple([natural, natural]),
})
const metadataCodec = t.record(t.string, t.string)

interface Entry {
  readonly name: string
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

const dtypes = new Map(Object.entries(typeNames).map(([dtype, name]) => [name, dtype as DType]))

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
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(lengthBytes, dataAt))
    const header: unknown = JSON.parse(text)
    return typeof header === 'object' && header !== null && !Array.isArray(header)
      ? E.right([header, dataAt])
      : E.left(badHeader(file, '', 'is not a record'))
  } catch (cause) {
    return E.left(badHeader(file, '', `is not JSON (${(cause as Error).message})`))
  }
}

const entryOf = (file: string, name: string, value: unknown): E.Either<SafetensorsError, Entry> => {
  const decoded = entryCodec.decode(value)
  if (E.isLeft(decoded)) return E.left(badHeader(file, name, `is wrong: ${reasonOf(decoded.left)}`))
  const { shape, data_offsets: offsets } = decoded.right
  const dtype = dtypes.get(decoded.right.dtype)
  if (dtype === undefined) return E.left(unsupportedType(file, name, decoded.right.dtype))
  const [start, end] = offsets
  const size = shape.reduce((product, n) => product * n, elementBytes(dtype))
  return end - start === size
    ? E.right({ name, dtype, shape, start, end })
    : E.left(
        badHeader(
          file,
          name,
          `gives ${end - start} bytes to ${decoded.right.dtype}[${shape.join(', ')}], which takes ${size}`,
        ),
      )
}

const dataOf = (dtype: DType, bytes: Uint8Array): HostArray => {
  // A copy starts at an aligned address, wherever the bytes lay in the file.
  const { buffer } = new Uint8Array(bytes)
  switch (dtype) {
    case 'f32':
      return new Float32Array(buffer)
    case 'i32':
      return new Int32Array(buffer)
    case 'u32':
      return new Uint32Array(buffer)
    case 'bool':
      return new Uint8Array(buffer)
  }
}

/**
 * Reads a safetensors file that nobody vouches for: every length and offset is checked before it is used, the data must be covered without
 * gaps or overlaps, and nothing is left over. `file` is what errors call it.
 */
export const readSafetensors =
  (file: string) =>
  (bytes: Uint8Array): E.Either<SafetensorsError, Safetensors> => {
    const opened = headerOf(bytes, file)
    if (E.isLeft(opened)) return opened
    const [header, dataAt] = opened.right
    const entries: Entry[] = []
    let metadata: Readonly<Record<string, string>> = {}
    for (const [name, value] of Object.entries(header)) {
      if (name === metadataName) {
        const decoded = metadataCodec.decode(value)
        if (E.isLeft(decoded)) return E.left(badHeader(file, name, `is wrong: ${reasonOf(decoded.left)}`))
        metadata = decoded.right
        continue
      }
      const entry = entryOf(file, name, value)
      if (E.isLeft(entry)) return entry
      entries.push(entry.right)
    }
    entries.sort((a, b) => a.start - b.start || a.end - b.end)
    let covered = 0
    for (const { name, start, end } of entries) {
      if (start !== covered)
        return E.left(badHeader(file, name, `starts at byte ${start} of the data, not at ${covered}`))
      covered = end
    }
    const length = dataAt + covered
    if (bytes.length < length) return E.left(truncatedFile(file, length, bytes.length))
    if (bytes.length > length)
      return E.left(badHeader(file, '', `describes ${length} bytes, the file has ${bytes.length}`))
    return pipe(
      entries.map(({ name, dtype, shape, start, end }): [string, NDArray] => [
        name,
        { dtype, shape, data: dataOf(dtype, bytes.subarray(dataAt + start, dataAt + end)) },
      ]),
      list => E.right({ tensors: new Map(list), metadata }),
    )
  }
