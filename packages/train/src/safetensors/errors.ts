import type { DType } from '@elbo/tensor'
import type { Unheld } from './element-types.js'

/** What every fault of a safetensors file says: a sentence for people (what happened, where, what to do) and the file that it is about. */
interface Fault<Tag extends string> {
  readonly _tag: Tag
  readonly message: string
  readonly file: string
}

/** The file ends before its header does, or holds fewer bytes than its header declares. Lengths count bytes of the file. */
export interface TruncatedFile extends Fault<'TruncatedFile'> {
  readonly expected: number
  readonly found: number
}

/** The header is not what the format asks for; `path` is the entry that is wrong, empty where it is the header as a whole. */
export interface BadHeader extends Fault<'BadHeader'> {
  readonly path: string
  readonly reason: string
}

/** A tensor of an element type that is not read here, such as F8_E4M3. */
export interface UnsupportedType extends Fault<'UnsupportedType'> {
  readonly path: string
  readonly found: string
}

/** The element `index` (row-major) of a tensor is beyond what its type becomes here: an I64 that does not fit in 32 bits, say. */
export interface UnheldElement extends Fault<'UnheldElement'> {
  readonly path: string
  readonly index: number
  /** Its value. */
  readonly found: string
}

export type SafetensorsError = TruncatedFile | BadHeader | UnsupportedType | UnheldElement

/** A name or a shape out of a file that may be as long as the file. */
const shown = (text: string): string => (text.length > 200 ? `${text.slice(0, 197)}…` : text)

export const truncatedFile = (file: string, expected: number, found: number): TruncatedFile => ({
  _tag: 'TruncatedFile',
  file,
  expected,
  found,
  message: `${file} is cut short: ${expected} bytes were expected and ${found} are there. Use another copy.`,
})

export const badHeader = (file: string, path: string, reason: string): BadHeader => ({
  _tag: 'BadHeader',
  file,
  path,
  reason,
  message: `${file}: ${path === '' ? 'the header' : `the header's entry "${shown(path)}"`} ${shown(reason)}. The file is corrupt or not a safetensors file; use another copy.`,
})

export const unsupportedType = (file: string, path: string, found: string): UnsupportedType => ({
  _tag: 'UnsupportedType',
  file,
  path,
  found,
  message: `${file}: "${shown(path)}" has the element type ${shown(found)}, which is not read. Convert it to F32, I32, U32 or BOOL first.`,
})

export const unheldElement = (
  file: string,
  path: string,
  type: string,
  dtype: DType,
  { index, value }: Unheld,
): UnheldElement => ({
  _tag: 'UnheldElement',
  file,
  path,
  index,
  found: value,
  message: `${file}: element ${index} of "${shown(path)}" is ${value}: as ${type} it becomes ${dtype}, which cannot hold it. Convert the tensor first.`,
})
