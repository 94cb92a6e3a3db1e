import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  adam,
  average,
  chain,
  clipByGlobalNorm,
  initialState,
  learningRateCodec,
  readRun,
  scheduleFor,
  spellLearningRate,
  type CheckpointError,
  type CheckpointStore,
  type Optimiser,
  type RunCheckpoint,
  type Settings,
  type TrainingState,
} from '@elbo/train'
import { predictions, type Prediction } from '../process/prediction.js'
import { architectureCodec, networkOf, type Architecture, type DenoiserParameters } from './architecture.js'
import { lossNames, type Denoising, type LossName } from './loss.js'
import { processOf, scheduleNames, type ScheduleName } from './schedule.js'

const positive = t.refinement(t.number, n => Number.isSafeInteger(n) && n > 0, 'a positive whole number')
const share = t.refinement(t.number, p => p >= 0 && p < 1, 'a number from 0 to below 1')

const oneOf = <K extends string>(names: readonly K[]): t.Type<K> =>
  t.keyof(Object.fromEntries(names.map(name => [name, null])) as Readonly<Record<K, null>>)

const modelCodec = t.type({
  architecture: architectureCodec,
  schedule: oneOf<ScheduleName>(scheduleNames),
  /** T. */
  length: positive,
  prediction: oneOf<Prediction>(predictions),
  /** What the model calls 1 is so much in the data. */
  scale: t.number,
})

const runCodec = t.type({
  model: t.literal('diffusion'),
  denoiser: modelCodec,
  loss: oneOf<LossName>(lossNames),
  /** The part of the labels that the network is not told. */
  labelDropout: share,
  /** Of the parameters' average. */
  averageDecay: share,
  seed: t.number,
  batchSize: positive,
  learningRate: learningRateCodec,
  /** The bound of the slopes' global norm; `null`: none. */
  clip: t.union([t.number, t.null]),
  data: t.union([
    t.type({ kind: t.literal('points'), name: t.string }),
    t.type({ kind: t.literal('images'), examples: t.number, sha256: t.string }),
  ]),
})

/** What a diffusion model is, apart from its parameters: plain data, kept in checkpoints. */
export type DiffusionModel = Readonly<t.TypeOf<typeof modelCodec>>

/** The settings of a run: all that decides its numbers, apart from how long it goes on. Kept in its checkpoints. */
export type DiffusionRun = Readonly<t.TypeOf<typeof runCodec>>

export type DiffusionState = TrainingState<DenoiserParameters>

/**
 * A diffusion model in training or trained: its state, place and settings. The weights to sample with are those of
 * `averaged(state.parameters, state.optimiser)` of `@elbo/train`.
 */
export type DiffusionCheckpoint = RunCheckpoint<DiffusionState, DiffusionRun>

/** The parts that a model's description names. */
export const denoisingOf = ({ architecture, schedule, length, prediction }: DiffusionModel): Denoising => ({
  network: networkOf(architecture),
  process: processOf(schedule, length),
  prediction,
})

/** Adam, and at the end an average of the parameters, which is what samples are drawn with. */
export const optimiserOf = ({
  learningRate,
  clip,
  averageDecay,
}: Pick<DiffusionRun, 'learningRate' | 'clip' | 'averageDecay'>): Optimiser =>
  chain(
    ...(clip === null ? [] : [clipByGlobalNorm(clip)]),
    adam({ learningRate: scheduleFor(learningRate) }),
    average({ decay: averageDecay, warmUp: true }),
  )

/** The state before the first step, as expressions. */
export const stateOf = (run: DiffusionRun): DiffusionState =>
  initialState(optimiserOf(run))(run.seed)(networkOf(run.denoiser.architecture).init)

/** Reads the checkpoint of a diffusion model; the model that it belongs to is described in it. */
export const readDiffusion: (store: CheckpointStore) => TaskEither<CheckpointError, DiffusionCheckpoint> =
  // The expressions of a state are its specs; nothing is computed.
  readRun(runCodec, stateOf)

const spellArchitecture = (architecture: Architecture): string =>
  JSON.stringify(Object.entries(architecture).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** What must not differ when a run is resumed. */
export const settingsOf = ({
  denoiser,
  loss,
  labelDropout,
  averageDecay,
  seed,
  batchSize,
  learningRate,
  clip,
  data,
}: DiffusionRun): Settings => ({
  architecture: spellArchitecture(denoiser.architecture),
  schedule: `${denoiser.schedule} of ${denoiser.length} levels`,
  prediction: denoiser.prediction,
  scale: String(denoiser.scale),
  loss,
  'label dropout': String(labelDropout),
  'decay of the average': String(averageDecay),
  seed: String(seed),
  'batch size': String(batchSize),
  'learning rate': spellLearningRate(learningRate),
  'gradient clipping': clip === null ? 'off' : `at ${clip}`,
  data: data.kind === 'points' ? data.name : `${data.examples} images (SHA-256 ${data.sha256.slice(0, 16)}…)`,
})
