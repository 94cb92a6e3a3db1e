import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { readFailed, trailingBytes, truncatedFile, wrongShape, type DatasetError } from '../errors.js'
import { typeIn } from '../idx.js'
import { openFolder, type FoundFile } from './files.js'
import { bytesOf, type RecordFile, type Records } from './records.js'

const magicLength = 4

/** What an IDX file says of itself, held against its size. */
const understood =
  ({ file, size, at }: FoundFile, first: RecordFile | undefined): TaskEither<DatasetError, RecordFile> =>
  async () => {
    const magic = new Uint8Array(magicLength)
    const begun = await at(0, magic)()
    if (E.isLeft(begun)) return begun
    if (magic[0] === 0x1f && magic[1] === 0x8b)
      return E.left(readFailed(file, 'it is compressed, and only a plain file can be read here and there'))
    const type = typeIn(magic, file, 'uint8')
    if (E.isLeft(type)) return type
    const lengths = new Uint8Array(4 * magic[3])
    const taken = await at(magicLength, lengths)()
    if (E.isLeft(taken)) return taken
    const view = new DataView(lengths.buffer)
    const [count = 0, ...shape] = Array.from({ length: magic[3] }, (_, axis) => view.getUint32(4 * axis))
    if (first !== undefined && String(first.shape) !== String(shape))
      return E.left(wrongShape(file, [count, ...first.shape], [count, ...shape]))
    const dataAt = magicLength + lengths.length
    const bytes = bytesOf(shape)
    const end = dataAt + count * bytes
    if (size < end) return E.left(truncatedFile(file, end, size))
    if (size > end) return E.left(trailingBytes(file, 'content', end, size))
    return E.right({
      count,
      shape,
      read: (from, wanted, target) => at(dataAt + from * bytes, target.subarray(0, wanted * bytes)),
    })
  }

/**
 * The IDX files of a folder (shards, in the order of their names) as one list of records: images of bytes, or labels. Every header is held against the
 * size of its file, and against the first; records are read when they are asked for.
 *
 * @param ending of the names, such as `-images-idx3-ubyte`. The files are plain: decompress them first.
 */
export const openIdx = (folder: string, ending: string): TaskEither<DatasetError, Records> =>
  openFolder(folder, ending, understood)
