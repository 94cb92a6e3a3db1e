import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type { Arrays, NDArray } from '@elbo/tensor'
import { decodeJson } from '../decode.js'
import { readSafetensors } from '../safetensors/read.js'
import { writeSafetensors } from '../safetensors/write.js'
import { badMetadata, type CheckpointError, type LeafError } from './errors.js'
import { tensorsOf, treeOf } from './tree.js'

/** A place between two batches: `batch` batches of epoch `epoch` (from 0) are done. */
export interface Cursor {
  readonly epoch: number
  readonly batch: number
}

/** What a resumed epoch needs of its beginning, so that its means come out the same. */
export interface Progress {
  /** Sums over the batches of this epoch so far, by metric. */
  readonly sums: Readonly<Record<string, number>>
  /** Seconds spent in the steps of this epoch. */
  readonly seconds: number
}

/** How a metric that a run watches has come along: all that early stopping needs of the epochs before. */
export interface Watched {
  /** The metric's name. */
  readonly metric: string
  /** The best that it was. */
  readonly best: number
  /** The epoch (from 1) after which it was so; 0 while it was not finite after any. */
  readonly epoch: number
  /** Epochs since then, without improvement. */
  readonly since: number
}

/** All that a run needs to go on bit for bit: the state (parameters, optimiser state, key) and the place in the data. */
export interface Checkpoint<State> {
  readonly state: Arrays<State>
  readonly cursor: Cursor
  readonly progress: Progress
  /** Up to the last epoch that was evaluated, where the run watches a metric. */
  readonly watched?: Watched
  /** The settings of the run, as plain JSON: which model, which data, which seed. */
  readonly about: unknown
}

/** A checkpoint whose state has not been fitted to a model: its tensors by path. */
export interface StoredCheckpoint {
  readonly file: string
  readonly tensors: ReadonlyMap<string, NDArray>
  readonly cursor: Cursor
  readonly progress: Progress
  readonly watched?: Watched
  readonly about: unknown
}

const format = 'elbo checkpoint 1'

const natural = t.refinement(t.number, n => Number.isSafeInteger(n) && n >= 0, 'a non-negative integer')
const cursorCodec = t.type({ epoch: natural, batch: natural })
const progressCodec = t.type({ sums: t.record(t.string, t.number), seconds: t.number })
const watchedCodec = t.type({ metric: t.string, best: t.number, epoch: natural, since: natural })

/** A checkpoint as one safetensors file: the state's leaves under their paths, the rest as JSON in the metadata. */
export const encodeCheckpoint = <State>({
  state,
  cursor,
  progress,
  watched,
  about,
}: Checkpoint<State>): Uint8Array<ArrayBuffer> =>
  writeSafetensors({
    tensors: tensorsOf(state),
    metadata: {
      format,
      cursor: JSON.stringify(cursor),
      progress: JSON.stringify(progress),
      ...(watched === undefined ? {} : { watched: JSON.stringify(watched) }),
      about: JSON.stringify(about),
    },
  })

/** Reads a checkpoint from the bytes of a file; `fit` then gives its tensors the form of a model's state. */
export const decodeCheckpoint =
  (file: string) =>
  (bytes: Uint8Array): E.Either<CheckpointError, StoredCheckpoint> => {
    const read = readSafetensors(file)(bytes)
    if (E.isLeft(read)) return read
    const { tensors, metadata } = read.right
    const part = <A>(name: string, codec: t.Decoder<unknown, A>): E.Either<CheckpointError, A> => {
      const text = Object.hasOwn(metadata, name) ? metadata[name] : undefined
      return pipe(
        text === undefined ? E.left('it is missing') : decodeJson(codec)(text),
        E.mapLeft(reason => badMetadata(file, name, reason)),
      )
    }
    if (metadata['format'] !== format) {
      return E.left(
        badMetadata(
          file,
          'format',
          `it is ${JSON.stringify(metadata['format']) ?? 'missing'}, not "${format}"`,
        ),
      )
    }
    return pipe(
      E.Do,
      E.apS('cursor', part('cursor', cursorCodec)),
      E.apS('progress', part('progress', progressCodec)),
      E.apS('about', part('about', t.unknown)),
      E.bind('watched', () =>
        Object.hasOwn(metadata, 'watched') ? part('watched', watchedCodec) : E.right(undefined),
      ),
      E.map(({ watched, ...parts }) => ({
        file,
        tensors,
        ...parts,
        ...(watched === undefined ? {} : { watched }),
      })),
    )
  }

/** Fits a stored checkpoint to a tree of specs (tensors and host arrays count as specs too). */
export const fitCheckpoint =
  <State>(specs: State) =>
  ({ file, tensors, ...place }: StoredCheckpoint): E.Either<LeafError, Checkpoint<State>> =>
    pipe(
      tensors,
      treeOf(file)(specs),
      E.map(state => ({ state, ...place })),
    )
