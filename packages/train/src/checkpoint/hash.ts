import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { tensorsOf } from './tree.js'

/**
 * SHA-256 of a tree of host arrays, in hexadecimal: equal exactly when paths, element types, shapes and all bits are.
 *
 * Hashed is, for each leaf, in ascending order of the paths (by UTF-16 code units): the path in UTF-8, a zero byte, the element type (`f32`,
 * `i32`, `u32`, `bool`), a zero byte, the shape in decimal joined by commas (`784,400`; empty for a scalar), a zero byte, and the elements,
 * row-major and little-endian (four bytes each, one for bool).
 */
export const weightsHash = (tree: unknown): string => {
  const hash = sha256.create()
  const leaves = [...tensorsOf(tree)].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [path, { data, dtype, shape }] of leaves) {
    hash.update(utf8ToBytes(`${path}\0${dtype}\0${shape.join(',')}\0`))
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return bytesToHex(hash.digest())
}
