import { fileName, fileUrl, readBytes } from '#source'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { contentOf } from '../content.js'
import { wrongHash, type DatasetError } from '../errors.js'
import { utf8 } from './utf8.js'

/** Of the embedded text, decompressed. */
const embedded = {
  // The literal `new URL('…', import.meta.url)` is what bundlers look for to ship a file along.
  url: new URL('../../data/king-james/king-james.txt.gz', import.meta.url),
  bytes: 4_139_038,
  sha256: '82a24e4e23c644fe579ed387b20e54eb529cc0a87a25e0810064edb2216780c2',
}

const decompressed =
  (file: string, size: number) =>
  (bytes: Uint8Array): E.Either<DatasetError, Uint8Array> => {
    const content = contentOf(bytes, file)
    const text = new Uint8Array(size)
    return pipe(
      content.holds(size),
      E.chain(() => content.take(text)),
      E.chain(() => content.end()),
      E.map(() => text),
    )
  }

/**
 * The King James Version of the Bible, which comes with this package: 4.1 million characters of public-domain English, of 63 kinds, one verse a
 * line, an empty line between chapters. 1.2 MB are read.
 */
export const kingJames = (): TE.TaskEither<DatasetError, string> => {
  const file = fileName(embedded.url)
  return pipe(
    readBytes(embedded.url, embedded.bytes),
    TE.chainEitherK(decompressed(file, embedded.bytes)),
    TE.chainEitherK(bytes => {
      const found = bytesToHex(sha256(bytes))
      return found === embedded.sha256 ? E.right(bytes) : E.left(wrongHash(file, embedded.sha256, found))
    }),
    TE.chainEitherK(utf8(file)),
  )
}

/**
 * A text of your own, in UTF-8.
 *
 * @param source a path (Node) or an address (browser: also a relative one), or a URL.
 * @param maxBytes the greatest size that is read; 256 MiB when left out.
 */
export const textFrom = (source: string | URL, maxBytes = 2 ** 28): TE.TaskEither<DatasetError, string> =>
  pipe(
    TE.fromEither(fileUrl(source)),
    TE.chain(url => pipe(readBytes(url, maxBytes), TE.chainEitherK(utf8(fileName(url))))),
  )
