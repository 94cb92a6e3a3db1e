import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { truncatedFile, type DatasetError } from '../errors.js'
import { openFolder } from './files.js'
import type { Records } from './records.js'

/**
 * The texts of a folder as one list of sequences of bytes: record k of a file holds its bytes k·length to (k + 1)·length, that is length + 1 of them,
 * the last of which is the first of the next record. Inputs are all but the last byte, targets all but the first.
 *
 * @param ending of the files' names, such as `.txt`. A file that does not hold one sequence is a Left.
 */
export const openBytes = (
  folder: string,
  ending: string,
  length: number,
): TaskEither<DatasetError, Records> => {
  if (!(Number.isSafeInteger(length) && length > 0))
    throw new RangeError(`openBytes: a length is a positive integer, got ${length}`)
  return openFolder(folder, ending, ({ file, size, at }) => {
    if (size <= length) return TE.left(truncatedFile(file, length + 1, size))
    return TE.right({
      count: Math.floor((size - 1) / length),
      shape: [length + 1],
      read: (first, wanted, target) => async () => {
        // One piece of the file, in which records share their ends.
        const piece = new Uint8Array(wanted * length + 1)
        const read = await at(first * length, piece)()
        if (E.isLeft(read)) return read
        for (let i = 0; i < wanted; i++)
          target.set(piece.subarray(i * length, (i + 1) * length + 1), i * (length + 1))
        return read
      },
    })
  })
}
