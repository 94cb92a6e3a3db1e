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

/** A tensor of an element type that is not read here, such as BF16. */
export interface UnsupportedType extends Fault<'UnsupportedType'> {
  readonly path: string
  readonly found: string
}

export type SafetensorsError = TruncatedFile | BadHeader | UnsupportedType

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
  message: `${file}: ${path === '' ? 'the header' : `the header's entry "${path}"`} ${reason}. The file is corrupt or not a safetensors file; use another copy.`,
})

export const unsupportedType = (file: string, path: string, found: string): UnsupportedType => ({
  _tag: 'UnsupportedType',
  file,
  path,
  found,
  message: `${file}: "${path}" has the element type ${found}; only F32, I32, U32 and BOOL are read. Convert it first.`,
})
