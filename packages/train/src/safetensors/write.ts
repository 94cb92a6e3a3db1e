import { elementBytes, lengthBytes, metadataName, typeNames, type Safetensors } from './types.js'

const alignment = 8

/**
 * A safetensors file: the length of the header (u64), the header (JSON, padded with spaces so that the data starts at a multiple of 8), the
 * data (little-endian, row-major, without gaps). Types of four bytes come before those of one, so that every element is aligned; apart from
 * that tensors keep their order.
 *
 * The format: https://github.com/huggingface/safetensors#format.
 * @throws RangeError for a tensor that is called `__metadata__`.
 */
export const writeSafetensors = ({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> => {
  const entries = [...tensors].sort(([, a], [, b]) => elementBytes(b.dtype) - elementBytes(a.dtype))
  const header: [name: string, entry: unknown][] = [[metadataName, metadata]]
  let end = 0
  for (const [name, { data, dtype, shape }] of entries) {
    if (name === metadataName) throw new RangeError(`safetensors: no tensor can be called ${metadataName}`)
    const start = end
    end += data.byteLength
    header.push([name, { dtype: typeNames[dtype], shape, data_offsets: [start, end] }])
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  const headerBytes = Math.ceil(text.length / alignment) * alignment
  const file = new Uint8Array(lengthBytes + headerBytes + end)
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true)
  file.fill(0x20, lengthBytes, lengthBytes + headerBytes)
  file.set(text, lengthBytes)
  let at = lengthBytes + headerBytes
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return file
}
