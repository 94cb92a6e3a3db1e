import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DatasetError } from '../errors.js'

/** Records of one shape in one file, which is read where it is asked for. */
export interface RecordFile {
  readonly count: number
  /** Of one record; one byte for each element. */
  readonly shape: readonly number[]
  /** So many records from number `first` on, into `target`. */
  readonly read: (first: number, count: number, target: Uint8Array) => TaskEither<DatasetError, void>
}

/** Records of one shape in the files of a folder, numbered through in the order of the files' names. */
export interface Records {
  readonly count: number
  readonly shape: readonly number[]
  /** So many records from number `first` on, one after the other, into `target`. */
  readonly read: (first: number, count: number, target: Uint8Array) => TaskEither<DatasetError, void>
}

/** Bytes of a record. */
export const bytesOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1)
