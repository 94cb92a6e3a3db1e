import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  adam,
  badMetadata,
  decodeCheckpoint,
  fitCheckpoint,
  initialState,
  otherRun,
  reasonOf,
  type Checkpoint,
  type CheckpointError,
  type CheckpointStore,
  type StoredCheckpoint,
  type TrainingState,
} from '@elbo/train'
import type { IndexedImages } from './image-source.js'
import { architectureCodec, imageVae, type ImageVaeParameters } from './architecture.js'
import { learningRateCodec, spellLearningRate } from './learning-rate.js'

const runCodec = t.type({
  model: t.literal('vae'),
  architecture: architectureCodec,
  seed: t.number,
  batchSize: t.number,
  learningRate: learningRateCodec,
  /** The bound of the slopes' global norm; `null`: none. */
  clip: t.union([t.number, t.null]),
  data: t.type({ examples: t.number, sha256: t.string }),
})

/** The settings of a run: all that decides its numbers, apart from how long it goes on. Kept in its checkpoints. */
export type VaeRun = t.TypeOf<typeof runCodec>

export type VaeState = TrainingState<ImageVaeParameters>

/** A VAE in training or trained: its state (`state.parameters` are the weights), place and settings. */
export interface VaeCheckpoint extends Checkpoint<VaeState> {
  readonly about: VaeRun
  /** Where it was read. */
  readonly file: string
}

/** What tells one set of training images from another. */
export const dataOf = ({ data, shape }: IndexedImages): VaeRun['data'] => ({
  examples: shape[0],
  sha256: bytesToHex(sha256(data)),
})

const fitted = (stored: StoredCheckpoint): E.Either<CheckpointError, VaeCheckpoint> =>
  pipe(
    runCodec.decode(stored.about),
    E.mapLeft((errors): CheckpointError => badMetadata(stored.file, 'about', reasonOf(errors))),
    E.chainW(about =>
      pipe(
        stored,
        // The expressions of a state are its specs; nothing is computed.
        fitCheckpoint(initialState(adam())(0)(imageVae(about.architecture).init)),
        E.map(checkpoint => ({ ...checkpoint, about, file: stored.file })),
      ),
    ),
  )

/** Reads the checkpoint of a VAE; the model that it belongs to is described in it. */
export const readVae = (store: CheckpointStore): TaskEither<CheckpointError, VaeCheckpoint> =>
  pipe(store.read, TE.chainEitherK(decodeCheckpoint(store.path)), TE.chainEitherKW(fitted))

/** A checkpoint goes on only as the run that it belongs to: the first setting that differs, as an error. */
export const resumable = (
  checkpoint: VaeCheckpoint,
  run: VaeRun,
): E.Either<CheckpointError, VaeCheckpoint> => {
  const there = settingsOf(checkpoint.about)
  const different = Object.entries(settingsOf(run)).find(([name, value]) => there[name] !== value)
  if (different === undefined) return E.right(checkpoint)
  const [name, value] = different
  return E.left(otherRun(checkpoint.file, name, value, there[name]))
}

const settingsOf = ({
  architecture,
  seed,
  batchSize,
  learningRate,
  clip,
  data,
}: VaeRun): Record<string, string> => ({
  architecture: JSON.stringify([...architecture.image, ...architecture.hidden, architecture.latent]),
  seed: String(seed),
  'batch size': String(batchSize),
  'learning rate': spellLearningRate(learningRate),
  'gradient clipping': clip === null ? 'off' : `at ${clip}`,
  'training images': `${data.examples} (SHA-256 ${data.sha256.slice(0, 16)}…)`,
})
