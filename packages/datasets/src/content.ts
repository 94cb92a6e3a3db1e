import * as E from 'fp-ts/lib/Either.js'
import { Z_BUF_ERROR, Z_NO_FLUSH, Z_OK, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from 'pako'
import { corruptGzip, trailingBytes, truncatedFile, truncatedGzip, type DatasetError } from './errors.js'

/** The bytes of a file after decompression, read from front to back without ever holding more of them than was asked for. */
export interface Content {
  /** Fills the whole of `target` with the next bytes. */
  readonly take: (target: Uint8Array<ArrayBuffer>) => E.Either<DatasetError, void>
  /** Whether the content can be `total` bytes long, counted from its start: to be asked before room for them is made. */
  readonly holds: (total: number) => E.Either<DatasetError, void>
  /** Whether everything has been read and found intact. */
  readonly end: () => E.Either<DatasetError, void>
}

const intact: E.Either<never, void> = E.right(undefined)

const plain = (bytes: Uint8Array, file: string): Content => {
  let position = 0
  const holds = (total: number): E.Either<DatasetError, void> => {
    if (bytes.length < total) return E.left(truncatedFile(file, total, bytes.length))
    if (bytes.length > total) return E.left(trailingBytes(file, 'content', total, bytes.length))
    return intact
  }
  return {
    take: target => {
      const next = position + target.length
      if (next > bytes.length) return E.left(truncatedFile(file, next, bytes.length))
      target.set(bytes.subarray(position, next))
      position = next
      return intact
    },
    holds,
    end: () => holds(position),
  }
}

/** Deflate spends at least one bit on two bits of a 258-byte match: "the limit is 1032:1" (zlib Technical Details). */
const greatestExpansion = 1032
/** 15: the full window of 32 KiB; 16: the gzip format only, with its CRC-32 and length verified. */
const gzipWindowBits = 15 + 16
const trailerLength = 8
const scratchLength = 65_536

const gzip = (bytes: Uint8Array, file: string): Content => {
  const stream = new ZStream()
  zlibInflateInit2(stream, gzipWindowBits)
  stream.input = bytes
  stream.avail_in = bytes.length
  let ended = false

  /** Inflates until `target` is full or the stream has ended, and gives the number of bytes written. */
  const inflate = (target: Uint8Array<ArrayBuffer>): E.Either<DatasetError, number> => {
    stream.output = target
    stream.next_out = 0
    stream.avail_out = target.length
    while (!ended && stream.avail_out > 0) {
      const status = zlibInflate(stream, Z_NO_FLUSH)
      if (status === Z_STREAM_END) ended = true
      else if (status === Z_BUF_ERROR) return E.left(truncatedGzip(file, bytes.length))
      else if (status !== Z_OK) {
        return E.left(corruptGzip(file, stream.next_in, stream.msg || `status ${status}`))
      }
    }
    return E.right(target.length - stream.avail_out)
  }

  const afterStream = (): E.Either<DatasetError, void> =>
    stream.next_in === bytes.length
      ? intact
      : E.left(trailingBytes(file, 'gzip', stream.next_in, bytes.length))

  /** Says why the trailer does not announce `total` bytes, by inflating into a scratch buffer, at most one buffer too far. */
  const explain = (total: number): E.Either<DatasetError, void> => {
    const scratch = new Uint8Array(scratchLength)
    while (!ended && stream.total_out <= total) {
      const written = inflate(scratch)
      if (E.isLeft(written)) return written
    }
    if (stream.total_out > total) return E.left(trailingBytes(file, 'content', total, stream.total_out))
    if (stream.total_out < total) return E.left(truncatedFile(file, total, stream.total_out))
    return afterStream()
  }

  return {
    take: target => {
      const before = stream.total_out
      const written = inflate(target)
      if (E.isLeft(written)) return written
      return written.right === target.length
        ? intact
        : E.left(truncatedFile(file, before + target.length, stream.total_out))
    },
    holds: total => {
      const trailer = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const announced = bytes.length >= trailerLength ? trailer.getUint32(bytes.length - 4, true) : Number.NaN
      const possible = announced === total % 2 ** 32 && total <= greatestExpansion * bytes.length
      return possible ? intact : explain(total)
    },
    end: () => {
      const total = stream.total_out
      // One byte of room makes inflate go on to the trailer and verify it.
      const written = inflate(new Uint8Array(1))
      if (E.isLeft(written)) return written
      return written.right > 0
        ? E.left(trailingBytes(file, 'content', total, stream.total_out))
        : afterStream()
    },
  }
}

/** Opens a file's bytes for reading; gzip is recognised by its first byte, with which no IDX content begins, and no text. */
export const contentOf = (bytes: Uint8Array, file: string): Content =>
  bytes[0] === 0x1f ? gzip(bytes, file) : plain(bytes, file)
