import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  adam,
  initialState,
  learningRateCodec,
  readRun,
  spellLearningRate,
  type CheckpointError,
  type CheckpointStore,
  type RunCheckpoint,
  type Settings,
  type TrainingState,
} from '@elbo/train'
import {
  completed,
  configurationCodec,
  configured,
  type Configuration,
} from './configuration/configuration.js'
import type { ImageParameters } from './image-model.js'
import type { IndexedImages } from './image-source.js'

const currentCodec = t.type({
  model: t.literal('vae'),
  configuration: configurationCodec as t.Type<Configuration, unknown>,
  seed: t.number,
  batchSize: t.number,
  learningRate: learningRateCodec,
  /** The bound of the slopes' global norm; `null`: none. */
  clip: t.union([t.number, t.null]),
  data: t.type({ examples: t.number, sha256: t.string }),
})

/** The settings of a run: all that decides its numbers, apart from how long it goes on. Kept in its checkpoints. */
export type VaeRun = t.TypeOf<typeof currentCodec>

/** Settings as they were kept before there was more than one kind of each part: widths of linear layers. */
const firstCodec = t.type({
  architecture: t.type({
    image: t.tuple([t.number, t.number]),
    hidden: t.array(t.number),
    latent: t.number,
  }),
})

const modern = (about: unknown): unknown => {
  if (!firstCodec.is(about)) return about
  const { architecture, ...rest } = about
  const { image, hidden, latent } = architecture
  return { ...rest, configuration: completed({ image, latent, encoder: { kind: 'mlp', hidden } }) }
}

const runCodec: t.Decoder<unknown, VaeRun> = {
  name: currentCodec.name,
  validate: (about, context) => currentCodec.validate(modern(about), context),
  decode: about => currentCodec.decode(modern(about)),
}

export type VaeState = TrainingState<ImageParameters>

/** A VAE in training or trained: its state (`state.parameters` are the weights), place and settings. */
export type VaeCheckpoint = RunCheckpoint<VaeState, VaeRun>

/** What tells one set of training images, with the labels that the model asks for, from another. */
export const dataOf = ({ data, shape }: IndexedImages, labels?: Uint8Array): VaeRun['data'] => {
  const hash = sha256.create()
  hash.update(data)
  if (labels !== undefined) hash.update(labels)
  return { examples: shape[0], sha256: bytesToHex(hash.digest()) }
}

/** Reads the checkpoint of a VAE; the model that it belongs to is described in it. */
export const readVae: (store: CheckpointStore) => TaskEither<CheckpointError, VaeCheckpoint> = readRun(
  runCodec,
  // The expressions of a state are its specs; nothing is computed.
  ({ configuration }): VaeState => initialState(adam())(0)(configured(configuration).init),
)

/** What must not differ when a run is resumed. */
export const settingsOf = ({
  configuration,
  seed,
  batchSize,
  learningRate,
  clip,
  data,
}: VaeRun): Settings => ({
  ...Object.fromEntries(Object.entries(configuration).map(([part, value]) => [part, JSON.stringify(value)])),
  seed: String(seed),
  'batch size': String(batchSize),
  'learning rate': spellLearningRate(learningRate),
  'gradient clipping': clip === null ? 'off' : `at ${clip}`,
  'training images': `${data.examples} (SHA-256 ${data.sha256.slice(0, 16)}…)`,
})
