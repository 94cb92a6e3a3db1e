import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { zeros } from '@elbo/tensor'
import {
  adam,
  initialState,
  learningRateCodec,
  readRun,
  spellLearningRate,
  type CarryingState,
  type CheckpointError,
  type CheckpointStore,
  type Optimiser,
  type RunCheckpoint,
  type Settings,
} from '@elbo/train'
import {
  characterArchitectureCodec,
  characterGru,
  type CharacterArchitecture,
  type CharacterGruParameters,
  type CharacterStates,
} from './architecture.js'
import type { Corpus } from './corpus.js'

const positive = t.refinement(t.number, n => Number.isSafeInteger(n) && n > 0, 'a positive integer')

const runCodec = t.type({
  model: t.literal('gru'),
  architecture: characterArchitectureCodec,
  seed: t.number,
  batchSize: positive,
  length: positive,
  stepsPerEpoch: positive,
  learningRate: learningRateCodec,
  /** The bound of the slopes' global norm; `null`: none. */
  clip: t.union([t.number, t.null]),
  data: t.type({ characters: t.number, sha256: t.string }),
})

/** The settings of a run: all that decides its numbers, apart from how long it goes on. Kept in its checkpoints. */
export type CharacterRun = t.TypeOf<typeof runCodec>

/** `carried` are the states of the GRU after the last batch, one row for each stream of text. */
export type CharacterState = CarryingState<CharacterGruParameters, CharacterStates>

/** A character model in training or trained: its state (`state.parameters` are the weights), place and settings. */
export type CharacterCheckpoint = RunCheckpoint<CharacterState, CharacterRun>

/** What tells one text to train on from another. */
export const dataOf = ({ characters, train }: Corpus): CharacterRun['data'] => {
  const { buffer, byteOffset, byteLength } = train.encoded
  const hash = sha256.create()
  hash.update(utf8ToBytes(characters.join('')))
  hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  return { characters: train.encoded.length, sha256: bytesToHex(hash.digest()) }
}

/** The state before the first step, as expressions: parameters drawn from the seed, and nothing remembered of any stream. */
export const characterState = (
  architecture: CharacterArchitecture,
  streams: number,
  optimiser: Optimiser,
  seed: number,
): CharacterState => {
  const model = characterGru(architecture)
  return { ...initialState(optimiser)(seed)(model.init), carried: emptyStates(architecture, streams) }
}

/** The states of so many streams of which nothing was read yet: all zero. */
export const emptyStates = (
  { hidden, layers }: Pick<CharacterArchitecture, 'hidden' | 'layers'>,
  streams: number,
): CharacterStates => Array.from({ length: layers }, () => ({ forward: zeros([streams, hidden]) }))

/** Reads the checkpoint of a character model; the model that it belongs to, and its characters, are described in it. */
export const readCharacters: (store: CheckpointStore) => TaskEither<CheckpointError, CharacterCheckpoint> =
  readRun(
    runCodec,
    // The expressions of a state are its specs; nothing is computed.
    ({ architecture, batchSize }): CharacterState => characterState(architecture, batchSize, adam(), 0),
  )

/** What must not differ when a run is resumed. */
export const settingsOf = ({
  architecture: { characters, ...widths },
  seed,
  batchSize,
  length,
  stepsPerEpoch,
  learningRate,
  clip,
  data,
}: CharacterRun): Settings => ({
  text: `${data.characters} characters of ${characters.length} kinds (SHA-256 ${data.sha256.slice(0, 16)}…)`,
  architecture: JSON.stringify([widths.embedding, widths.hidden, widths.layers]),
  seed: String(seed),
  'batch size': String(batchSize),
  'sequence length': String(length),
  'steps per epoch': String(stepsPerEpoch),
  'learning rate': spellLearningRate(learningRate),
  'gradient clipping': clip === null ? 'off' : `at ${clip}`,
})
