/** What every fault of a data file says: a sentence for people, and the file (a path or URL) that it is about. */
interface Fault<Tag extends string> {
  readonly _tag: Tag
  /** What happened, where, and what to do. */
  readonly message: string
  readonly file: string
}

/** A fault at one place of a file. `offset` counts bytes of the content, so after decompression where the file is gzip. */
interface FaultAt<Tag extends string, Value> extends Fault<Tag> {
  readonly offset: number
  readonly expected: Value
  readonly found: Value
}

/** The content ends before its header is complete, or holds fewer bytes than were declared. */
export type TruncatedFile = FaultAt<'TruncatedFile', number>

/** The gzip stream breaks off. `offset` is the length of the compressed file in bytes. */
export interface TruncatedGzip extends Fault<'TruncatedGzip'> {
  readonly offset: number
}

/** The gzip stream contradicts itself: a bad header, block, CRC-32 or length. `offset` counts compressed bytes. */
export interface CorruptGzip extends Fault<'CorruptGzip'> {
  readonly offset: number
  readonly reason: string
}

/** The first two bytes of IDX content are not 00 00. */
export type WrongMagic = FaultAt<'WrongMagic', string>

/** The third byte names no element type, or another one than was asked for. */
export type WrongType = FaultAt<'WrongType', string>

/** The declared dimensions are not the ones asked for. */
export type WrongShape = FaultAt<'WrongShape', readonly number[]>

/** More bytes than the stated limit: declared by a header, or offered by a file or a server. */
export type SizeOverflow = FaultAt<'SizeOverflow', number>

/** Bytes follow the last declared one. `part` says whether they follow inside the content or after the gzip stream. */
export interface TrailingBytes extends FaultAt<'TrailingBytes', number> {
  readonly part: 'content' | 'gzip'
}

/** The content is well-formed and is not the published one: its SHA-256 differs. */
export interface WrongHash extends Fault<'WrongHash'> {
  readonly expected: string
  readonly found: string
}

/** Bytes from `offset` on that are no UTF-8. */
export interface BadText extends Fault<'BadText'> {
  readonly offset: number
}

/** A character that a vocabulary does not have: `found`, the one at `offset` (in UTF-16 code units) of a text. */
export interface UnknownCharacter extends Fault<'UnknownCharacter'> {
  readonly offset: number
  readonly found: string
}

export type MissingFolder = Fault<'MissingFolder'>

/** None of the names that were `tried` exists. */
export interface MissingFile extends Fault<'MissingFile'> {
  readonly tried: readonly string[]
}

export type AccessDenied = Fault<'AccessDenied'>

/** Any other failure of reading: `reason` is the system's or the server's own word. */
export interface ReadFailed extends Fault<'ReadFailed'> {
  readonly reason: string
}

export type DatasetError =
  | TruncatedFile
  | TruncatedGzip
  | CorruptGzip
  | WrongMagic
  | WrongType
  | WrongShape
  | SizeOverflow
  | TrailingBytes
  | WrongHash
  | BadText
  | UnknownCharacter
  | MissingFolder
  | MissingFile
  | AccessDenied
  | ReadFailed

const fetchAgain = 'The copy is incomplete or damaged: fetch the file again.'

export const truncatedFile = (file: string, expected: number, found: number): TruncatedFile => ({
  _tag: 'TruncatedFile',
  message: `${file}: the content ends at byte ${found}, where ${expected} bytes were expected. ${fetchAgain}`,
  file,
  offset: found,
  expected,
  found,
})

export const truncatedGzip = (file: string, offset: number): TruncatedGzip => ({
  _tag: 'TruncatedGzip',
  message: `${file}: the gzip stream breaks off at the end of the file, byte ${offset}. ${fetchAgain}`,
  file,
  offset,
})

export const corruptGzip = (file: string, offset: number, reason: string): CorruptGzip => ({
  _tag: 'CorruptGzip',
  message: `${file}: the gzip stream is corrupt before compressed byte ${offset}: ${reason}. ${fetchAgain}`,
  file,
  offset,
  reason,
})

export const wrongMagic = (file: string, expected: string, found: string): WrongMagic => ({
  _tag: 'WrongMagic',
  message:
    `${file}: byte 0 of an IDX file reads ${expected}, found ${found}. ` +
    (found.startsWith('3c')
      ? 'This looks like a page of HTML: a server may answer a missing file with its start page. Check the address.'
      : 'This is not an IDX file: check the path.'),
  file,
  offset: 0,
  expected,
  found,
})

export const wrongType = (file: string, expected: string, found: string): WrongType => ({
  _tag: 'WrongType',
  message: `${file}: byte 2, the element type, was expected to be ${expected}, found ${found}. Check that this is the file you mean.`,
  file,
  offset: 2,
  expected,
  found,
})

export const wrongShape = (
  file: string,
  expected: readonly number[],
  found: readonly number[],
): WrongShape => ({
  _tag: 'WrongShape',
  message: `${file}: byte 4, the dimensions, were expected to be [${expected.join(', ')}], found [${found.join(', ')}]. Check that this is the file you mean.`,
  file,
  offset: 4,
  expected,
  found,
})

export const declaredOverflow = (file: string, expected: number, found: number): SizeOverflow => ({
  _tag: 'SizeOverflow',
  message: `${file}: byte 4, the dimensions, declare ${found} bytes of data, and the limit is ${expected}. If the file is right, raise the limit (maxBytes).`,
  file,
  offset: 4,
  expected,
  found,
})

export const fileOverflow = (file: string, expected: number, found: number): SizeOverflow => ({
  _tag: 'SizeOverflow',
  message: `${file}: the file has at least ${found} bytes, and the one expected has at most ${expected}. Check that this is the file you mean.`,
  file,
  offset: 0,
  expected,
  found,
})

export const trailingBytes = (
  file: string,
  part: 'content' | 'gzip',
  expected: number,
  found: number,
): TrailingBytes => ({
  _tag: 'TrailingBytes',
  message:
    part === 'content'
      ? `${file}: ${expected} bytes were declared in all, and the content has at least ${found}. The header or the data is damaged: fetch the file again.`
      : `${file}: the gzip stream ends at byte ${expected}, the file at byte ${found}. Only a file of one gzip stream is read: cut off the rest, or fetch the file again.`,
  file,
  offset: expected,
  part,
  expected,
  found,
})

export const wrongHash = (file: string, expected: string, found: string): WrongHash => ({
  _tag: 'WrongHash',
  message: `${file}: the SHA-256 of the decompressed content was expected to be ${expected}, found ${found}. The file is not the published one: fetch it again.`,
  file,
  expected,
  found,
})

export const badText = (file: string, offset: number): BadText => ({
  _tag: 'BadText',
  message: `${file}: the bytes from ${offset} on are not UTF-8. Convert the file to UTF-8, or check that it is a text.`,
  file,
  offset,
})

export const unknownCharacter = (file: string, offset: number, found: string): UnknownCharacter => ({
  _tag: 'UnknownCharacter',
  message: `${file}: the character ${JSON.stringify(found)} at ${offset} is not in the vocabulary. Leave it out, or build the vocabulary from a text that has it.`,
  file,
  offset,
  found,
})

export const missingFolder = (file: string): MissingFolder => ({
  _tag: 'MissingFolder',
  message: `${file}: there is no such folder. Check the path; on Debian, "apt-get install dataset-fashion-mnist" puts Fashion-MNIST under /usr/share/datasets/fashion-mnist.`,
  file,
})

export const missingFile = (file: string, tried: readonly string[]): MissingFile => ({
  _tag: 'MissingFile',
  message: `${file}: there is no such file${tried.length > 1 ? ` (tried ${tried.join(', ')})` : ''}. Check that the folder or address is complete.`,
  file,
  tried,
})

export const accessDenied = (file: string): AccessDenied => ({
  _tag: 'AccessDenied',
  message: `${file}: reading is not permitted. Check the permissions of the file and of the folders above it, or the access rights on the server.`,
  file,
})

export const readFailed = (file: string, reason: string): ReadFailed => ({
  _tag: 'ReadFailed',
  message: `${file}: reading failed: ${reason}. Check the device or the connection and try again.`,
  file,
  reason,
})
