import {
  adam,
  beginningOf,
  carryingStep,
  chain,
  clipByGlobalNorm,
  scheduleFor,
  train,
  type LearningRate,
  type TrainingOptions,
  type TrainingRun,
} from '@elbo/train'
import { characterGru, type CharacterArchitecture } from './architecture.js'
import {
  characterState,
  dataOf,
  settingsOf,
  type CharacterCheckpoint,
  type CharacterRun,
  type CharacterState,
} from './checkpoint.js'
import { streamsOf, type Corpus } from './corpus.js'
import { openCharacterEvaluation } from './evaluation.js'
import { characterLoss, pieceAt, textSpecs, type TextSpecs } from './step.js'

export interface TrainCharactersOptions extends TrainingOptions<CharacterCheckpoint> {
  /** A text, and a part of it that is held out: `sequenceSource` of `@elbo/datasets` makes both of any. */
  readonly corpus: Corpus
  /** Steps in all, those before a resumption included; the rate falls over these. */
  readonly steps: number
  /** Widths of the embedding (64) and of the state (256), and layers (1). */
  readonly architecture?: Partial<Omit<CharacterArchitecture, 'characters'>>
  /** Streams that the text is read in, side by side: 64. */
  readonly batchSize?: number
  /** What counts as an epoch here: after so many steps (500) the held-out text is evaluated. The text begins anew whenever it ends. */
  readonly stepsPerEpoch?: number
  /** Of Adam: 0.002. */
  readonly learningRate?: number
  /** Scales the slopes of a step so that their norm over all parameters is at most this: 1; `null` leaves them as they are. */
  readonly clip?: number | null
}

/**
 * Trains a GRU on a text, character by character, with Adam. The text is read as `batchSize` streams side by side; a step reads the next
 * sequence of each, from the states that the one before left. Metrics are `loss`, in nats per character, and `bitsPerCharacter`. `latest()`
 * is the last good state, for drawing.
 * @throws RangeError for a text of fewer sequences than streams, and settings that are no numbers of their kind.
 */
export const trainCharacters = ({
  corpus,
  seed,
  steps,
  backend,
  architecture: { embedding = 64, hidden = 256, layers = 1 } = {},
  batchSize = 64,
  stepsPerEpoch = 500,
  learningRate = 2e-3,
  warmUp = 0,
  decay = 'none',
  clip = 1,
  out,
  checkpointEvery,
  resume,
  signal,
  passes,
}: TrainCharactersOptions): TrainingRun<CharacterState> => {
  for (const [name, value] of Object.entries({ steps, batchSize, stepsPerEpoch }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`trainCharacters: ${name} is ${value}, not a positive integer`)
  if (batchSize > corpus.train.count)
    throw new RangeError(
      `trainCharacters: ${batchSize} streams cannot be made of ${corpus.train.count} sequences`,
    )
  const architecture = { characters: corpus.characters, embedding, hidden, layers }
  const length = corpus.train.gather([0]).inputs.shape[1]
  const text = streamsOf(corpus.train, batchSize)
  const rate: LearningRate = { peak: learningRate, warmUp, decay, steps: decay === 'none' ? 0 : steps }
  const about: CharacterRun = {
    model: 'gru',
    architecture,
    seed,
    batchSize,
    length,
    stepsPerEpoch,
    learningRate: rate,
    clip,
    data: dataOf(corpus),
  }
  const optimiser = chain(
    ...(clip === null ? [] : [clipByGlobalNorm(clip)]),
    adam({ learningRate: scheduleFor(rate) }),
  )
  const initial = characterState(architecture, batchSize, optimiser, seed)

  return train<CharacterState, TextSpecs>({
    backend,
    start: beginningOf({ initial, about, settingsOf, resume }),
    step: carryingStep(characterLoss(characterGru(architecture)), optimiser),
    batch: textSpecs(batchSize, length),
    *batches({ epoch, batch }) {
      for (let step = batch; step < stepsPerEpoch; step++)
        yield pieceAt(text, (epoch * stepsPerEpoch + step) % text.count)
    },
    stepsPerEpoch,
    epochs: Math.ceil(steps / stepsPerEpoch),
    steps,
    examplesPerStep: batchSize * length,
    evaluation: openCharacterEvaluation(architecture, corpus.test, passes),
    ...(out === undefined ? {} : { store: out }),
    ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
    ...(signal === undefined ? {} : { signal }),
    ...(passes === undefined ? {} : { passes }),
  })
}
